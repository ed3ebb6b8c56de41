#include "explanation/draw_heat.h"

#include <cstdint>

#include <doctest/doctest.h>

#include "codecs/picture_bytes.h"
#include "explanation/color_map.h"

using namespace imnet;
using test::pixel;

namespace {

Image plain(int width, int height, std::uint8_t grey) {
    return {width, height, std::vector<std::uint8_t>(std::size_t{3} * width * height, grey)};
}

// 60 % of the colour over 40 % of a black photograph.
int drawn(float heat) {
    const auto [red, green, blue] = inferno(heat);
    const auto part = [](int value) { return static_cast<int>(0.6F * static_cast<float>(value) + 0.5F); };
    return part(red) << 16 | part(green) << 8 | part(blue);
}

}  // namespace

TEST_CASE("the hottest cell and the centre of mass are fractions of the picture") {
    const HeatMap heat{4, 2, {0, 0, 0, 1, 0, 0, 0, 3}};
    CHECK(heat.largest() == 3);
    CHECK(hottest(heat).x == 0.875);
    CHECK(hottest(heat).y == 0.75);
    CHECK(heat_centre(heat).x == 0.875);
    CHECK(heat_centre(heat).y == doctest::Approx(0.25 * 0.25 + 0.75 * 0.75));
}

TEST_CASE("the largest value is light yellow, whatever it is, and the heat is interpolated between cells") {
    for (const float largest : {1e-6F, 1.0F, 1e6F}) {
        const Image image = draw_heat(plain(80, 10, 0), {}, {2, 1, {0, largest}});
        CHECK(pixel(image, 0, 5) == drawn(0));
        CHECK(pixel(image, 19, 5) == drawn(0));  // up to the middle of the first cell
        CHECK(pixel(image, 60, 5) == drawn(1));  // from the middle of the second one
        CHECK(pixel(image, 79, 0) == drawn(1));
        CHECK(pixel(image, 39, 9) == drawn(0.4875F));
    }
}

TEST_CASE("without heat the whole crop has the coldest colour") {
    const Image image = draw_heat(plain(5, 5, 0), {}, {2, 2, {0, 0, 0, 0}});
    CHECK(pixel(image, 2, 2) == drawn(0));
}

TEST_CASE("around the crop the photograph is grey and dark, in the crop it shows through") {
    const Region middle{0.25, 0, 0.5, 1};
    Image photograph = plain(40, 20, 0);
    for (std::size_t i = 0; i < photograph.rgb.size(); i += 3) photograph.rgb[i] = 255;  // red: luma 76.2
    const Image image = draw_heat(photograph, middle, {1, 1, {1}});
    constexpr int outside = 0x1E1E1E;  // 0.4 · 76.2
    CHECK(pixel(image, 0, 0) == outside);
    CHECK(pixel(image, 9, 19) == outside);
    CHECK(pixel(image, 30, 10) == outside);
    const int blue = static_cast<int>(0.6F * inferno(1)[2] + 0.4F * 76.245F + 0.5F);
    CHECK((pixel(image, 10, 0) & 0xFF) == blue);
    CHECK(pixel(image, 29, 19) == pixel(image, 10, 0));
}

TEST_CASE("a crop that reaches beyond the picture covers all of it") {
    // Half of the crop is padding: the picture shows the two cells in the middle.
    const Image image = draw_heat(plain(40, 10, 0), {-0.5, 0, 2, 1}, {4, 1, {9, 9, 0, 9}});
    CHECK(pixel(image, 0, 5) == drawn(1));
    CHECK(pixel(image, 30, 5) == drawn(0.025F));
}
