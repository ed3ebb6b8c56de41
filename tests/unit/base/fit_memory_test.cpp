#include "base/fit_memory.h"

#include <new>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

using namespace imnet;

namespace {

struct Work {
    std::size_t room;  ///< how many items fit in memory
    std::vector<std::size_t> done = {};
    std::vector<std::size_t> given_up = {};
    std::size_t releases = 0;
    std::size_t largest = 0;

    void all(FitMemory& memory, std::size_t total) {
        memory.run(
            total,
            [&](std::size_t first, std::size_t count) {
                if (count > room) throw std::bad_alloc();
                largest = std::max(largest, count);
                for (std::size_t i = first; i < first + count; ++i) done.push_back(i);
            },
            [&] { ++releases; }, [&](std::size_t index) { given_up.push_back(index); });
    }
};

}  // namespace

TEST_CASE("with enough memory all items are done together") {
    FitMemory memory;
    Work work{100};
    work.all(memory, 5);
    CHECK(work.done == std::vector<std::size_t>{0, 1, 2, 3, 4});
    CHECK(work.largest == 5);
    CHECK(work.releases == 0);
}

TEST_CASE("if memory runs out, parts are halved until they fit, and stay so small") {
    FitMemory memory;
    Work work{3};
    work.all(memory, 10);
    CHECK(work.done == std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(work.largest == 2);
    CHECK(work.releases == 2);
    CHECK(memory.limit() == 2);
    work.all(memory, 10);
    CHECK(work.releases == 2);
    CHECK(work.given_up.empty());
}

TEST_CASE("an item that does not fit alone is given up") {
    FitMemory memory;
    Work work{0};
    work.all(memory, 3);
    CHECK(work.done.empty());
    CHECK(work.given_up == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("other exceptions are passed on") {
    FitMemory memory;
    CHECK_THROWS_AS(memory.run(
                        1, [](std::size_t, std::size_t) { throw std::runtime_error("broken"); }, [] {},
                        [](std::size_t) {}),
                    std::runtime_error);
}
