#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "checkpoints/state_dict.h"

using namespace imnet;

namespace {

template <typename T>
std::vector<float> convert(const std::vector<T>& values, DType dtype, bool big_endian = false) {
    const auto count = static_cast<std::int64_t>(values.size());
    const TensorView tensor{dtype, {count}, {1}, std::as_bytes(std::span(values)), big_endian};
    std::vector<float> out(values.size());
    to_float32(tensor, out);
    return out;
}

/// The value of a binary16 by its definition.
double half_by_definition(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31;
    const int fraction = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == 31) return fraction != 0 ? std::nan("") : sign * std::numeric_limits<double>::infinity();
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

}  // namespace

TEST_CASE("every float16 converts exactly") {
    std::vector<std::uint16_t> all(65536);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
    const auto floats = convert(all, DType::float16);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double expected = half_by_definition(all[i]);
        if (std::isnan(expected)) {
            REQUIRE(std::isnan(floats[i]));
        } else {
            REQUIRE(floats[i] == expected);
            REQUIRE(std::signbit(floats[i]) == std::signbit(expected));
        }
    }
}

TEST_CASE("every bfloat16 is the upper half of its float") {
    std::vector<std::uint16_t> all(65536);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
    const auto floats = convert(all, DType::bfloat16);
    for (std::size_t i = 0; i < all.size(); ++i) REQUIRE(std::bit_cast<std::uint32_t>(floats[i]) == i << 16);
}

TEST_CASE("the other types are rounded as C++ does") {
    CHECK(convert<double>({1.0 / 3.0, 1e300, -0.0}, DType::float64) ==
          std::vector{1.0F / 3.0F, std::numeric_limits<float>::infinity(), -0.0F});
    CHECK(convert<std::int64_t>({16777217, -5}, DType::int64) == std::vector{16777216.0F, -5.0F});
    CHECK(convert<std::int32_t>({-7}, DType::int32) == std::vector{-7.0F});
    CHECK(convert<std::int16_t>({-300}, DType::int16) == std::vector{-300.0F});
    CHECK(convert<std::int8_t>({-128}, DType::int8) == std::vector{-128.0F});
    CHECK(convert<std::uint8_t>({255}, DType::uint8) == std::vector{255.0F});
    CHECK(convert<std::uint8_t>({0, 1, 2}, DType::boolean) == std::vector{0.0F, 1.0F, 1.0F});
}

TEST_CASE("big-endian elements are byte-swapped") {
    CHECK(convert<std::uint32_t>({__builtin_bswap32(std::bit_cast<std::uint32_t>(1.5F))}, DType::float32,
                                 true) == std::vector{1.5F});
    CHECK(convert<std::uint16_t>({0x003E}, DType::float16, true) == std::vector{1.5F});
    CHECK(convert<std::uint64_t>({__builtin_bswap64(3)}, DType::int64, true) == std::vector{3.0F});
}

TEST_CASE("strides are honoured: transposed, expanded, with gaps, at odd addresses") {
    const std::vector<float> values{0, 1, 2, 3, 4, 5};
    const auto read = [&](std::vector<std::int64_t> shape, std::vector<std::int64_t> strides) {
        const TensorView tensor{DType::float32, shape, strides, std::as_bytes(std::span(values))};
        std::vector<float> out(static_cast<std::size_t>(tensor.element_count()));
        to_float32(tensor, out);
        return out;
    };
    CHECK(read({2, 3}, {3, 1}) == std::vector<float>{0, 1, 2, 3, 4, 5});
    CHECK(read({3, 2}, {1, 3}) == std::vector<float>{0, 3, 1, 4, 2, 5});
    CHECK(read({2, 2}, {0, 1}) == std::vector<float>{0, 1, 0, 1});
    CHECK(read({3}, {2}) == std::vector<float>{0, 2, 4});
    CHECK(read({2, 1, 2}, {3, INT64_MAX, 2}) == std::vector<float>{0, 2, 3, 5});
    CHECK(read({2, 1}, {3, INT64_MAX}) == std::vector<float>{0, 3});
    CHECK(read({}, {}) == std::vector<float>{0});
    CHECK(read({0, 3}, {3, 1}).empty());

    std::vector<std::byte> odd(9);
    std::memcpy(odd.data() + 1, values.data() + 1, 8);
    std::vector<float> out(2);
    to_float32({DType::float32, {2}, {1}, std::span(odd).subspan(1)}, out);
    CHECK(out == std::vector<float>{1, 2});
}

TEST_CASE("an output of the wrong size is an error of the caller") {
    const std::vector<float> values{1, 2};
    std::vector<float> out(1);
    CHECK_THROWS_AS(to_float32({DType::float32, {2}, {1}, std::as_bytes(std::span(values))}, out),
                    std::invalid_argument);
}
