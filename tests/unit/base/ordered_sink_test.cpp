#include "base/ordered_sink.h"

#include <algorithm>
#include <atomic>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using imnet::OrderedSink;

TEST_CASE("items are consumed in the order of their numbers, in whatever order they finish") {
    std::vector<int> order(100);
    for (int i = 0; i < 100; ++i) order[i] = i;
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::shuffle(order.begin(), order.end(), std::mt19937(seed));
        std::vector<int> consumed;
        OrderedSink<int> sink(100, [&](int item) { consumed.push_back(item); });
        for (const int number : order) sink.deliver(static_cast<std::uint64_t>(number), number);
        CHECK(std::is_sorted(consumed.begin(), consumed.end()));
        CHECK(consumed.size() == 100);
    }
}

TEST_CASE("no thread gets ahead of the window") {
    constexpr std::uint64_t window = 3;
    std::atomic<std::uint64_t> consumed = 0;
    std::atomic<std::uint64_t> furthest = 0;
    OrderedSink<std::uint64_t> sink(window, [&](std::uint64_t) { ++consumed; });
    std::atomic<std::uint64_t> next = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (std::uint64_t number = next++; number < 200; number = next++) {
                    if (!sink.admit(number)) return;
                    const std::uint64_t ahead = number - consumed;
                    if (number > consumed && ahead > furthest) furthest = ahead;
                    if (number % 7 == 0) std::this_thread::yield();
                    sink.deliver(number, number);
                }
            });
        }
    }
    sink.finish();
    CHECK(consumed == 200);
    CHECK(furthest <= window);
}

TEST_CASE("an exception of the consumer is thrown by finish, and nothing is consumed after it") {
    std::vector<int> consumed;
    OrderedSink<int> sink(10, [&](int item) {
        if (item == 1) throw std::runtime_error("disk full");
        consumed.push_back(item);
    });
    for (const int item : {2, 1, 0, 3}) sink.deliver(static_cast<std::uint64_t>(item), item);
    CHECK(consumed == std::vector{0});
    CHECK_FALSE(sink.admit(4));
    CHECK_THROWS_WITH(sink.finish(), "disk full");
}

TEST_CASE("stopping from inside the consumer ends the run without an error") {
    std::vector<int> consumed;
    OrderedSink<int> sink(10, [&](int item) {
        consumed.push_back(item);
        if (item == 1) sink.stop();
    });
    for (const int item : {3, 2, 1, 0}) sink.deliver(static_cast<std::uint64_t>(item), item);
    CHECK(consumed == std::vector{0, 1});
    CHECK_FALSE(sink.admit(4));
    sink.finish();
}

TEST_CASE("a failed thread ends the wait of the others") {
    OrderedSink<int> sink(1, [](int) {});
    std::atomic<bool> admitted = true;
    {
        const std::jthread waiting([&] { admitted = sink.admit(5); });
        sink.fail(std::make_exception_ptr(std::runtime_error("out of memory")));
    }
    CHECK_FALSE(admitted);
    CHECK_THROWS_WITH(sink.finish(), "out of memory");
}

TEST_CASE("after end_before, smaller numbers are still consumed, and no thread waits") {
    std::vector<int> consumed;
    OrderedSink<int> sink(2, [&](int item) { consumed.push_back(item); });
    sink.end_before(2);
    CHECK_FALSE(sink.admit(5));
    CHECK(sink.admit(1));
    sink.deliver(1, 11);
    sink.deliver(2, 12);
    sink.deliver(0, 10);
    sink.finish();
    CHECK(consumed == std::vector<int>{10, 11});
}
