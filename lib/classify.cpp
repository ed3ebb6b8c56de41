#include "classify.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <limits>
#include <mutex>
#include <new>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/interruption.h"
#include "base/ordered_sink.h"
#include "preprocess/pixel_loader.h"
#include "rows/top_k.h"

namespace imnet {
namespace {

using Rows = std::vector<Row>;

// A run of inputs that one worker takes at a time, and its place in the output.
struct Run {
    std::uint64_t number = 0;
    std::vector<Input> inputs;
};

// Members of an archive come with their bytes. Of large ones a run takes fewer.
constexpr std::size_t most_bytes_of_run = std::size_t{64} << 20U;

std::size_t held_bytes(const Input& input) { return input.bytes ? input.bytes->size() : 0; }

// Hands out the inputs, in order, a run at a time. The first inputs are looked at before the
// workers start, so that a few images are spread over them and one alone gets all threads.
class Queue {
public:
    Queue(const NextInput& next_input, const ClassifyOptions& options)
        : from_source_(next_input), batch_(options.batch) {
        const auto wanted = static_cast<std::size_t>(options.threads) * batch_;
        bool ended = false;
        std::size_t bytes = 0;
        while (first_.size() < wanted && bytes < options.threads * most_bytes_of_run) {
            auto input = from_source_();
            ended = !input;
            if (ended) break;
            bytes += held_bytes(*input);
            first_.push_back(std::move(*input));
        }
        workers_ = static_cast<std::size_t>(options.threads);
        whole_batches_ = options.whole_batches || !ended;
        if (ended) {
            workers_ = std::clamp<std::size_t>(first_.size(), 1, workers_);
            batch_ = std::max<std::size_t>(1, (first_.size() + workers_ - 1) / workers_);
        }
    }

    std::size_t workers() const { return workers_; }
    bool whole_batches() const { return whole_batches_; }

    Run take() {
        const std::lock_guard lock(mutex_);
        Run run{next_number_, {}};
        std::size_t bytes = 0;
        while (run.inputs.size() < batch_ && bytes < most_bytes_of_run) {
            auto input = next_input();
            if (!input) break;
            bytes += held_bytes(*input);
            run.inputs.push_back(std::move(*input));
        }
        if (!run.inputs.empty()) ++next_number_;
        return run;
    }

private:
    std::optional<Input> next_input() {
        if (interrupted() != 0) return std::nullopt;
        if (taken_ < first_.size()) return std::move(first_[taken_++]);
        return from_source_();
    }

    const NextInput& from_source_;
    std::size_t batch_;
    std::size_t workers_ = 1;
    bool whole_batches_ = false;
    std::vector<Input> first_;
    std::size_t taken_ = 0;
    std::mutex mutex_;
    std::uint64_t next_number_ = 0;
};

auto out_of_memory() { return input_error(InputErrorKind::limits, "out of memory"); }

std::vector<Prediction> probable(std::vector<Prediction> top, float min_probability) {
    std::erase_if(top,
                  [&](const Prediction& prediction) { return prediction.probability < min_probability; });
    return top;
}

// What one thread owns: a worker of the engine, and memory for one batch.
class ClassifyWorker {
public:
    ClassifyWorker(const Engine& engine, const ClassifyOptions& options, int threads)
        : options_(options),
          worker_(engine.worker(threads)),
          loader_(options.preprocessing, engine.pixel_format(), options.limits, options.draft),
          image_bytes_(loader_.bytes()) {}

    // Where memory runs out, fewer inputs at a time may still fit; a worker that has learnt so stays
    // modest.
    Rows classify(std::vector<Input> inputs) {
        Rows rows;
        rows.reserve(inputs.size());
        while (rows.size() < inputs.size()) {
            const std::size_t done = rows.size();
            const std::size_t count = std::min(most_, inputs.size() - done);
            try {
                classify_together(std::span(inputs).subspan(done, count), rows);
            } catch (const std::bad_alloc&) {
                rows.resize(done);
                loader_.give_back_memory();
                pixels_ = {};
                logits_ = {};
                if (count > 1) {
                    most_ = count / 2;
                } else {
                    rows.push_back({inputs[done].path, out_of_memory()});
                }
            }
        }
        return rows;
    }

private:
    void classify_together(std::span<Input> inputs, Rows& rows) {
        const std::size_t first_row = rows.size();
        std::vector<std::size_t> loaded;  // the rows whose pixels stand in the batch
        pixels_.resize(images_a_call(inputs.size()) * image_bytes_);
        for (Input& input : inputs) {
            const std::span pixels = std::span(pixels_).subspan(loaded.size() * image_bytes_, image_bytes_);
            const auto outcome = loader_.load(input, pixels);
            if (outcome) {
                loaded.push_back(rows.size());
                rows.push_back({input.path, {}});
            } else {
                rows.push_back({input.path, tl::unexpected(outcome.error())});
            }
        }
        label(rows, loaded);
        for (const std::size_t row : loaded) {
            auto& bytes = inputs[row - first_row].bytes;
            if (options_.keep_bytes && bytes) rows[row].bytes = std::move(*bytes);
        }
    }

    // Where digits depend on the number of images, it is always the same.
    std::size_t images_a_call(std::size_t loaded) const {
        return options_.whole_batches ? std::min(most_, static_cast<std::size_t>(options_.batch)) : loaded;
    }

    void label(Rows& rows, const std::vector<std::size_t>& loaded) {
        if (loaded.empty()) return;
        const auto classes = static_cast<std::size_t>(options_.classes);
        const std::size_t count = images_a_call(loaded.size());
        std::fill(pixels_.begin() + static_cast<std::ptrdiff_t>(loaded.size() * image_bytes_),
                  pixels_.begin() + static_cast<std::ptrdiff_t>(count * image_bytes_), std::byte{0});
        logits_.resize(count * classes);
        // [count, crop, crop, 3] → [count, classes]
        worker_->run(std::span(pixels_).first(count * image_bytes_), static_cast<int>(count), logits_);
        for (std::size_t i = 0; i < loaded.size(); ++i) {
            const std::span<const float> logits = std::span(logits_).subspan(i * classes, classes);
            refuse_non_finite(logits);
            rows[loaded[i]].top = probable(top_k(logits, options_.top), options_.min_probability);
        }
    }

    const ClassifyOptions& options_;
    std::unique_ptr<Worker> worker_;
    PixelLoader loader_;
    std::size_t image_bytes_;
    std::size_t most_ = std::numeric_limits<std::size_t>::max();  // inputs at a time
    std::vector<std::byte> pixels_;
    std::vector<float> logits_;
};

}  // namespace

void classify(const NextInput& next_input, const Engine& engine, const ClassifyOptions& wanted,
              const OnRows& on_rows) {
    Queue queue(next_input, wanted);
    ClassifyOptions options = wanted;
    options.whole_batches = queue.whole_batches() && engine.digits_depend_on_batch();
    // A slow picture may hold up the output while the others go this many runs ahead.
    const std::uint64_t window = 4 * queue.workers();
    OrderedSink<Rows> sink(window, [&](const Rows& rows) {
        const auto failed =
            std::find_if(rows.begin(), rows.end(), [](const Row& row) { return !row.top.has_value(); });
        if (!options.fail_fast || failed == rows.end()) return on_rows(rows);
        on_rows({rows.begin(), failed + 1});
        sink.stop();
    });
    const auto work = [&](int threads) {
        try {
            ClassifyWorker worker(engine, options, threads);
            for (Run run = queue.take(); !run.inputs.empty() && sink.admit(run.number); run = queue.take()) {
                try {
                    sink.deliver(run.number, worker.classify(std::move(run.inputs)));
                } catch (const Interrupted&) {
                    sink.end_before(run.number);
                }
            }
        } catch (...) {
            sink.fail(std::current_exception());
        }
    };

    const int threads_each = queue.workers() == 1 && !options.whole_batches ? options.threads : 1;
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < queue.workers(); ++i) others.emplace_back(work, threads_each);
    work(threads_each);
    others.clear();  // joins
    sink.finish();
}

}  // namespace imnet
