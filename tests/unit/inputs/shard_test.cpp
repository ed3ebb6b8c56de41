#include "inputs/shard.h"

#include <array>
#include <string>

#include <doctest/doctest.h>

#include "base/errors.h"

using namespace imnet;

TEST_CASE("the part of a path never changes: printf %s PATH | sha256sum | cut -c1-16, modulo N, plus 1") {
    const auto part = [](std::string_view path, std::uint32_t count) {
        std::uint32_t index = 1;
        while (!Shard{index, count}.holds(path)) REQUIRE(++index <= count);
        return index;
    };
    CHECK(part("a.jpg", 2) == 1);
    CHECK(part("a.jpg", 3) == 2);
    CHECK(part("a.jpg", 1000) == 27);
    CHECK(part("photos/cat.jpg", 2) == 2);
    CHECK(part("photos/cat.jpg", 1000) == 408);
    CHECK(part("shard-000.tar/0001.jpg", 1000) == 65);
    CHECK(part("\xFF\xFE.png", 1000) == 181);
    CHECK(part("", 1000) == 653);
    CHECK(Shard{2453852417, 4294967295}.holds("a.jpg"));
}

TEST_CASE("each path belongs to one part, and the parts are about equal") {
    std::array<int, 7> sizes{};
    for (int i = 0; i < 7000; ++i) {
        int holders = 0;
        for (std::uint32_t index = 1; index <= 7; ++index) {
            if (!Shard{index, 7}.holds("folder/" + std::to_string(i) + ".jpg")) continue;
            ++holders;
            ++sizes[index - 1];
        }
        CHECK(holders == 1);
    }
    for (const int size : sizes) CHECK((size > 880 && size < 1120));  // four deviations
}

TEST_CASE("a shard is written I/N") {
    CHECK(parse_shard("2/5").index == 2);
    CHECK(parse_shard("2/5").count == 5);
    CHECK(parse_shard("1/1").holds("anything"));
    CHECK(parse_shard("4294967295/4294967295").count == 4294967295U);
    for (const char* wrong :
         {"",     "/",    "1",    "1/",   "/1",   "0/4",   "5/4", "a/b",          "1/4x",  "x1/4", "+1/4",
          "-1/4", "1/-4", " 1/4", "1/ 4", "1//4", "1/4/4", "1/0", "1/4294967296", "0x1/4", "1.0/4"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(parse_shard(wrong), UsageError);
    }
}
