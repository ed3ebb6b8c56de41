#include "explanation/color_map.h"

#include <array>
#include <cstdlib>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("inferno is matplotlib's") {
    const struct {
        float t;
        std::array<int, 3> rgb;  ///< of the table in matplotlib/_cm_listed.py
    } cases[] = {{0, {0, 0, 4}},
                 {64 / 255.0F, {87, 16, 110}},
                 {128 / 255.0F, {188, 55, 84}},
                 {192 / 255.0F, {250, 142, 9}},
                 {1, {252, 255, 165}}};
    for (const auto& known : cases) {
        CAPTURE(known.t);
        const auto colour = inferno(known.t);
        for (std::size_t channel = 0; channel < 3; ++channel)
            CHECK(std::abs(colour[channel] - known.rgb[channel]) <= 9);
    }
    CHECK(inferno(-1) == inferno(0));
    CHECK(inferno(7) == inferno(1));
}

TEST_CASE("hotter is lighter") {
    int before = -1;
    for (int i = 0; i <= 64; ++i) {
        const auto [red, green, blue] = inferno(static_cast<float>(i) / 64);
        const int luma = 299 * red + 587 * green + 114 * blue;
        CHECK(luma > before);
        before = luma;
    }
}
