#include "training/color_jitter.h"

#include <doctest/doctest.h>

#include <vector>

using namespace imnet;

// All colours are compared with torchvision's in tests/golden/augment_test.py.

namespace {

using Bytes = std::vector<std::uint8_t>;

/// Two pixels: an orange, and a blue.
Image two_pixels() { return {2, 1, {200, 120, 40, 10, 20, 90}}; }

}  // namespace

TEST_CASE("factor 1 and turn 0 do not change a picture") {
    Image image = two_pixels();
    adjust_brightness(image, 1);
    adjust_contrast(image, 1);
    adjust_saturation(image, 1);
    CHECK(image.rgb == two_pixels().rgb);
}

TEST_CASE("brightness 0 is black, and large factors end at 255") {
    Image image = two_pixels();
    adjust_brightness(image, 1.5);
    CHECK(image.rgb == Bytes{255, 180, 60, 15, 30, 135});
    adjust_brightness(image, 0);
    CHECK(image.rgb == Bytes(6, 0));
}

TEST_CASE("contrast 0 gives the mean grey, and saturation 0 the grey of each pixel") {
    Image image = two_pixels();
    adjust_contrast(image, 0);
    CHECK(image.rgb == Bytes(6, 80));  // (135 + 25) / 2
    image = two_pixels();
    adjust_saturation(image, 0);
    CHECK(image.rgb == Bytes{135, 135, 135, 25, 25, 25});
}

TEST_CASE("half a turn of hue turns orange into blue") {
    Image image{1, 1, {255, 128, 0}};
    adjust_hue(image, 0.5);
    CHECK(image.rgb == Bytes{0, 132, 255});
}
