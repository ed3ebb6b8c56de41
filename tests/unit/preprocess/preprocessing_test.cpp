#include "preprocess/preprocessing.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("an interpolation has one name, and other names are none") {
    for (const auto interpolation : {Interpolation::bilinear, Interpolation::bicubic}) {
        CHECK(parse_interpolation(name(interpolation)) == interpolation);
    }
    CHECK(name(Interpolation::bicubic) == "bicubic");
    CHECK_FALSE(parse_interpolation("Bicubic").has_value());
    CHECK_FALSE(parse_interpolation("").has_value());
}
