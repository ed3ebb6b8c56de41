#include "benchmark.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>

#include "engines/random_images.h"

namespace imnet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// A worker and a batch that it can run many times.
struct Loop {
    Loop(const Engine& engine, const BenchmarkCase& what, int threads, int classes)
        : worker(engine.worker(threads)),
          batch(what.engine.batch),
          images(random_images(batch, what.engine.image_size, engine.pixel_format())),
          logits(static_cast<std::size_t>(batch) * classes) {}

    void run() { worker->run(images, batch, logits); }

    std::unique_ptr<Worker> worker;
    int batch;
    std::vector<std::byte> images;
    std::vector<float> logits;
};

std::vector<double> latencies(const Engine& engine, const BenchmarkCase& what, int classes) {
    Loop loop(engine, what, what.engine.threads, classes);
    loop.run();  // not measured: it allocates memory
    std::vector<double> milliseconds;
    const auto begin = Clock::now();
    // Latencies of single runs vary, so take as many as fit into the time of all samples.
    do {
        const auto start = Clock::now();
        loop.run();
        milliseconds.push_back(1e3 * seconds_since(start));
    } while (seconds_since(begin) < what.seconds * what.samples && seconds_since(begin) < what.most_seconds);
    return milliseconds;
}

// Measures images a second while all workers run the same number of batches.
class Throughput {
public:
    Throughput(const Engine& engine, const BenchmarkCase& what, int classes)
        : engine_(engine),
          what_(what),
          classes_(classes),
          workers_(engine.device() == "cpu" ? what.engine.threads : std::min(what.engine.threads, 4)),
          barrier_(workers_ + 1) {}

    std::vector<double> measure() {
        std::vector<std::jthread> threads;
        for (int i = 0; i < workers_; ++i) threads.emplace_back([this] { work(); });
        // The first run allocates memory and generates code, so the second is closer to the real duration.
        const double first = timed(1);
        const double second = timed(1);
        batches_ = std::clamp(static_cast<int>(what_.seconds / std::min(first, second)), 1, 100'000);
        std::vector<double> rates;
        const auto begin = Clock::now();
        do {
            const double seconds = timed(batches_);
            rates.push_back(static_cast<double>(workers_) * batches_ * what_.engine.batch / seconds);
        } while (static_cast<int>(rates.size()) < what_.samples && seconds_since(begin) < what_.most_seconds);
        batches_ = 0;
        barrier_.arrive_and_wait();
        threads.clear();
        if (error_) std::rethrow_exception(error_);
        return rates;
    }

private:
    // Seconds that all workers take for that many batches each.
    double timed(int batches) {
        batches_ = batches;
        barrier_.arrive_and_wait();
        const auto start = Clock::now();
        barrier_.arrive_and_wait();
        return seconds_since(start);
    }

    void work() {
        std::unique_ptr<Loop> loop;
        guarded([&] { loop = std::make_unique<Loop>(engine_, what_, 1, classes_); });
        for (barrier_.arrive_and_wait(); batches_ > 0; barrier_.arrive_and_wait()) {
            guarded([&] {
                for (int i = 0; loop && i < batches_; ++i) loop->run();
            });
            barrier_.arrive_and_wait();
        }
    }

    // A worker that fails must still arrive at the barrier, or the others would wait for ever.
    template <typename Work>
    void guarded(Work work) {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!error_) error_ = std::current_exception();
        }
    }

    const Engine& engine_;
    const BenchmarkCase& what_;
    int classes_;
    int workers_;
    std::barrier<> barrier_;
    int batches_ = 1;  ///< that every worker runs after the next arrival at the barrier; 0 ends the workers
    std::mutex mutex_;
    std::exception_ptr error_;
};

}  // namespace

BenchmarkResult benchmark(const Architecture& architecture, const Parameters& parameters,
                          const BenchmarkCase& what) {
    const auto start = Clock::now();
    const auto engine = open_engine(architecture, parameters, what.engine);
    engine->worker(1);
    BenchmarkResult result{engine->library(),
                           engine->device(),
                           engine->precision(),
                           engine->remark(),
                           seconds_since(start),
                           {},
                           {}};
    result.images_per_second = Throughput(*engine, what, architecture.classes).measure();
    result.latency_ms = latencies(*engine, what, architecture.classes);
    return result;
}

}  // namespace imnet
