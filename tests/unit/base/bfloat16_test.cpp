#include "base/bfloat16.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

using namespace imnet;

namespace {

float as_float(std::uint16_t bfloat16) { return std::bit_cast<float>(std::uint32_t{bfloat16} << 16); }

/// Found by comparing distances to the two neighbours, in double, where they are exact.
std::uint16_t nearest(float value) {
    const auto below = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
    const auto above = static_cast<std::uint16_t>(below + 1);
    const double to_below = std::fabs(static_cast<double>(value) - as_float(below));
    const double to_above = std::fabs(static_cast<double>(as_float(above)) - value);
    if (to_below != to_above) return to_below < to_above ? below : above;
    return below % 2 == 0 ? below : above;
}

}  // namespace

TEST_CASE("a float32 becomes the nearest bfloat16, at a tie the even one") {
    CHECK(to_bfloat16(1.0F) == 0x3F80);
    CHECK(to_bfloat16(-0.0F) == 0x8000);
    CHECK(to_bfloat16(std::bit_cast<float>(0x3F808000)) == 0x3F80);  // half way, down to even
    CHECK(to_bfloat16(std::bit_cast<float>(0x3F818000)) == 0x3F82);  // half way, up to even
    CHECK(to_bfloat16(std::bit_cast<float>(0x3F808001)) == 0x3F81);
    CHECK(to_bfloat16(std::bit_cast<float>(0x00008001)) == 0x0001);  // the smallest subnormal
    std::mt19937 random(3);
    for (int round = 0; round < 100'000; ++round) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!(std::fabs(value) < 3e38F)) continue;  // the neighbour above may be infinite
        CAPTURE(value);
        REQUIRE(to_bfloat16(value) == nearest(value));
    }
}

TEST_CASE("too large a value becomes infinity, and NaN stays NaN") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    CHECK(as_float(to_bfloat16(std::numeric_limits<float>::max())) == infinity);
    CHECK(as_float(to_bfloat16(-infinity)) == -infinity);
    CHECK(std::isnan(as_float(to_bfloat16(std::numeric_limits<float>::quiet_NaN()))));
    CHECK(std::isnan(as_float(to_bfloat16(std::bit_cast<float>(0xFFFFFFFF)))));
}
