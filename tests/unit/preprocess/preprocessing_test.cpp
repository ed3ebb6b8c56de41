#include "preprocess/preprocessing.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("an interpolation has one name, and other names are none") {
    for (const auto interpolation :
         {Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic}) {
        CHECK(parse_interpolation(name(interpolation)) == interpolation);
    }
    CHECK(name(Interpolation::bicubic) == "bicubic");
    CHECK_FALSE(parse_interpolation("Bicubic").has_value());
    CHECK_FALSE(parse_interpolation("").has_value());
}

TEST_CASE("a crop mode has timm's name") {
    CHECK(parse_crop_mode("center") == CropMode::center);
    CHECK(parse_crop_mode("squash") == CropMode::squash);
    CHECK_FALSE(parse_crop_mode("border").has_value());
}

TEST_CASE("the size of a preprocessing in words") {
    CHECK(describe_size({}) == "resize 232, crop 224, bilinear");
    CHECK(describe_size(
              {.short_side = 224, .interpolation = Interpolation::nearest, .crop_mode = CropMode::squash}) ==
          "resize 224x224, crop 224, nearest");
}
