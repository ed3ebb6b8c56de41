#include "preprocess/preprocessing.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("an interpolation has one name, and other names are none") {
    for (const auto interpolation :
         {Interpolation::nearest, Interpolation::box, Interpolation::bilinear, Interpolation::hamming,
          Interpolation::bicubic, Interpolation::lanczos}) {
        CHECK(parse_interpolation(name(interpolation)) == interpolation);
    }
    CHECK(name(Interpolation::bicubic) == "bicubic");
    CHECK_FALSE(parse_interpolation("Bicubic").has_value());
    CHECK_FALSE(parse_interpolation("").has_value());
}

TEST_CASE("a crop mode has timm's name") {
    CHECK(parse_crop_mode("center") == CropMode::center);
    CHECK(parse_crop_mode("squash") == CropMode::squash);
    CHECK(parse_crop_mode("border") == CropMode::border);
    CHECK_FALSE(parse_crop_mode("pad").has_value());
}

TEST_CASE("the size of a preprocessing in words") {
    CHECK(describe_size({}) == "resize 232, crop 224, bilinear");
    CHECK(describe_size(
              {.short_side = 224, .interpolation = Interpolation::nearest, .crop_mode = CropMode::squash}) ==
          "resize 224x224, crop 224, nearest");
    CHECK(describe_size({.short_side = 256, .crop_mode = CropMode::border}) ==
          "resize long side 256, crop 224, bilinear");
    CHECK(describe({.mean = {0.5F, 0.5F, 0.5F}, .std = {1, 1, 1}}) ==
          "resize 232, crop 224, bilinear, mean 0.5 0.5 0.5, std 1 1 1");
}

TEST_CASE("padding is black, or the mean colour, rounded as Python rounds the decimal number") {
    using Color = std::array<std::uint8_t, 3>;
    CHECK(padding_color({}) == Color{0, 0, 0});
    CHECK(padding_color({.crop_mode = CropMode::border}) == Color{124, 116, 104});
    CHECK(padding_color({.mean = {0.5F, 0.3F, 0.1F}, .crop_mode = CropMode::border}) == Color{128, 76, 26});
    CHECK(padding_color({.mean = {-1, 2, 0}, .crop_mode = CropMode::border}) == Color{0, 255, 0});
}
