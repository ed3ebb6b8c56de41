#include "inputs/input_queue.h"

#include <csignal>
#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/interruption.h"

using namespace imnet;

namespace {

/// Inputs "0", "1" … that come with `bytes` bytes each, if it is not 0.
NextInput numbered(int count, std::size_t bytes = 0) {
    return [count, bytes, next = 0]() mutable -> std::optional<Input> {
        if (next == count) return std::nullopt;
        Input input{std::to_string(next++)};
        if (bytes > 0) input.bytes = std::vector<std::byte>(bytes);
        return input;
    };
}

/// Inputs "0", "1" … that come in portions: after each, the stream has to wait for the next.
InputStream in_portions(std::vector<int> portions) {
    const auto next = [portions, portion = std::size_t{0}, given = 0,
                       path = 0](Wait wait) mutable -> std::optional<Input> {
        if (portion == portions.size()) return std::nullopt;
        if (given == portions[portion]) {
            if (wait == Wait::no || ++portion == portions.size()) return std::nullopt;
            given = 0;
        }
        ++given;
        return Input{std::to_string(path++)};
    };
    return {next, true};
}

std::vector<std::size_t> sizes_of_runs(InputQueue& queue) {
    std::vector<std::size_t> sizes;
    std::size_t inputs = 0;
    for (InputRun run = queue.take(); !run.inputs.empty(); run = queue.take()) {
        CHECK(run.number == sizes.size());
        CHECK(run.first == inputs);
        for (const Input& input : run.inputs) CHECK(input.path == std::to_string(inputs++));
        sizes.push_back(run.inputs.size());
    }
    return sizes;
}

using Sizes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("runs hold a batch of inputs each, in order") {
    InputQueue queue(numbered(10), 4);
    CHECK(sizes_of_runs(queue) == Sizes{4, 4, 2});
    CHECK(queue.take().inputs.empty());
}

TEST_CASE("few inputs are spread evenly over the workers") {
    InputQueue queue(numbered(10), 8);
    CHECK(queue.spread_over(4) == 4);
    CHECK(queue.is_short());
    CHECK(sizes_of_runs(queue) == Sizes{3, 3, 3, 1});
    InputQueue fewer(numbered(2), 8);
    CHECK(fewer.spread_over(4) == 2);
    CHECK(sizes_of_runs(fewer) == Sizes{1, 1});
    InputQueue none(numbered(0), 8);
    CHECK(none.spread_over(4) == 1);
    CHECK(none.is_short());
    CHECK(none.take().inputs.empty());
}

TEST_CASE("many inputs keep whole batches") {
    InputQueue queue(numbered(17), 4);
    CHECK(queue.spread_over(4) == 4);
    CHECK_FALSE(queue.is_short());
    CHECK(sizes_of_runs(queue) == Sizes{4, 4, 4, 4, 1});
}

TEST_CASE("large inputs that come with their bytes make shorter runs") {
    InputQueue queue(numbered(5, std::size_t{40} << 20U), 4);
    CHECK(sizes_of_runs(queue) == Sizes{2, 2, 1});
}

TEST_CASE("after a signal that asks the program to stop there are no more inputs") {
    const GracefulStop graceful;
    InputQueue queue(numbered(10), 4);
    CHECK(queue.take().inputs.size() == 4);
    std::raise(SIGTERM);
    CHECK(queue.take().inputs.empty());
}

TEST_CASE("inputs that are still to come make runs of what is there, spread evenly over the workers") {
    InputQueue queue(in_portions({1, 3, 9, 1}), 4);
    CHECK(queue.spread_over(2) == 2);
    CHECK_FALSE(queue.is_short());
    CHECK(sizes_of_runs(queue) == Sizes{1, 2, 1, 4, 4, 1, 1});
}

TEST_CASE("a full list that is still to come makes whole batches") {
    InputQueue queue(in_portions({21}), 4);
    CHECK(queue.spread_over(2) == 2);
    CHECK(sizes_of_runs(queue) == Sizes{4, 4, 4, 4, 3, 2});
}
