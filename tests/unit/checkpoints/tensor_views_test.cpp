// The checks are tested with the containers, too. These are their edge cases.
#include "checkpoints/tensor_views.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "refusal_of.h"

using namespace imnet;
using doctest::Contains;

TEST_CASE("elements are counted without overflow, also where a dimension is 0") {
    const auto count = [](std::vector<std::int64_t> shape) { return checked_element_count(shape, "w"); };
    CHECK(count({}) == 1);
    CHECK(count({2, 3}) == 6);
    CHECK(count({0, 5}) == 0);
    CHECK(refusal_of([&] { count({INT64_MAX, 2}); }) == Contains("the tensor 'w' has a size that overflows"));
    CHECK(refusal_of([&] { count({0, INT64_MAX, 2}); }) == Contains("overflows"));
}

TEST_CASE("contiguous strides are those of rows") {
    CHECK(contiguous_strides(std::vector<std::int64_t>{2, 3, 4}) == std::vector<std::int64_t>{12, 4, 1});
    CHECK(contiguous_strides(std::vector<std::int64_t>{2, 0, 4}) == std::vector<std::int64_t>{4, 4, 1});
    CHECK(contiguous_strides({}).empty());
}

TEST_CASE("names must be UTF-8 of 1 to 512 bytes") {
    for (const char* good : {"fc.weight", "größe", "層", "🐈"}) CHECK_NOTHROW(check_tensor_name(good));
    for (const char* bad : {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xe5\xb1", "\xff"}) {
        CHECK(refusal_of([&] { check_tensor_name(bad); }) == Contains("not UTF-8"));
    }
    CHECK(refusal_of([] { check_tensor_name(std::string(513, 'a')); }) == Contains("has 513 bytes"));
}
