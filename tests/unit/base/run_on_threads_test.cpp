#include "base/run_on_threads.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("work runs once on each thread, including the caller's") {
    std::atomic<int> runs{0};
    std::atomic<bool> on_caller{false};
    const auto caller = std::this_thread::get_id();
    run_on_threads(3, [&] {
        ++runs;
        if (std::this_thread::get_id() == caller) on_caller = true;
    });
    CHECK(runs == 3);
    CHECK(on_caller);
}

TEST_CASE("an exception of one thread is rethrown when all threads have ended") {
    std::atomic<int> started{0};
    CHECK_THROWS_WITH_AS(run_on_threads(3,
                                        [&] {
                                            if (++started == 2) throw std::runtime_error("of the second");
                                        }),
                         "of the second", std::runtime_error);
    CHECK(started == 3);
}
