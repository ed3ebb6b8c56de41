#include "codecs/palette.h"

#include <doctest/doctest.h>

TEST_CASE("an index without a colour is the grey of that number") {
    imnet::Palette palette;
    palette[3] = {1, 2, 3};
    CHECK(palette[3] == imnet::Palette::Color{1, 2, 3});
    CHECK(palette[200] == imnet::Palette::Color{200, 200, 200});
}
