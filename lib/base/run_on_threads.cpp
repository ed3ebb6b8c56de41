#include "base/run_on_threads.h"

#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace imnet {

void run_on_threads(int threads, const std::function<void()>& work) {
    std::exception_ptr error;
    std::mutex mutex;
    const auto guarded = [&] {
        try {
            work();
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!error) error = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        for (int i = 1; i < threads; ++i) others.emplace_back(guarded);
        guarded();
    }
    if (error) std::rethrow_exception(error);
}

}  // namespace imnet
