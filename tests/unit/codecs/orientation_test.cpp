#include "codecs/orientation.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

/// 3×2: red green blue / cyan magenta yellow.
Image six_colors() {
    return {3, 2, {255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255, 0, 255, 255, 255, 0}};
}

std::string letters(const Image& image) {
    std::string out;
    for (int y = 0; y < image.height; ++y) {
        if (y > 0) out += '/';
        for (int x = 0; x < image.width; ++x) {
            switch (pixel(image, x, y)) {
                case 0xFF0000: out += 'r'; break;
                case 0x00FF00: out += 'g'; break;
                case 0x0000FF: out += 'b'; break;
                case 0x00FFFF: out += 'c'; break;
                case 0xFF00FF: out += 'm'; break;
                case 0xFFFF00: out += 'y'; break;
                default: out += '?';
            }
        }
    }
    return out;
}

}  // namespace

TEST_CASE("eight ways to turn a picture") {
    const char* expected[] = {"rgb/cmy",  "rgb/cmy",  "bgr/ymc",  "ymc/bgr", "cmy/rgb",
                              "rc/gm/by", "cr/mg/yb", "yb/mg/cr", "by/gm/rc"};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        CAPTURE(orientation);
        CHECK(letters(orient(six_colors(), orientation)) == expected[orientation]);
    }
}

TEST_CASE("an upright picture is returned unchanged") {
    Image image = six_colors();
    const std::uint8_t* pixels = image.rgb.data();
    CHECK(orient(std::move(image), 1).rgb.data() == pixels);
}

TEST_CASE("turning a picture wider than a tile keeps every pixel") {
    Image image{70, 45, std::vector<std::uint8_t>(70 * 45 * 3)};
    for (std::size_t i = 0; i < image.rgb.size(); ++i)
        image.rgb[i] = static_cast<std::uint8_t>(i * 7919 >> 3);
    const Image turned = orient(orient(image, 6), 8);
    CHECK(turned.width == 70);
    CHECK(turned.rgb == image.rgb);
}
