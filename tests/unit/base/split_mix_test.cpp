#include "base/split_mix.h"

#include <doctest/doctest.h>

#include <array>

using namespace imnet;

TEST_CASE("the numbers are those of the published SplitMix64") {
    SplitMix64 random(1234567);
    CHECK(random.next() == 6457827717110365317U);
    CHECK(random.next() == 3203168211198807973U);
    CHECK(random.next() == 9817491932198370423U);
}

TEST_CASE("numbers below a bound are uniform") {
    SplitMix64 random(5);
    std::array<int, 6> counts{};
    for (int i = 0; i < 60'000; ++i) ++counts[random.below(6)];
    for (const int count : counts) CHECK(count == doctest::Approx(10'000).epsilon(0.03));
    CHECK(random.below(1) == 0);
}

TEST_CASE("the order of the two mixed numbers matters") { CHECK(mix_bits(1, 2) != mix_bits(2, 1)); }
