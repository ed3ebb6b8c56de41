#include "codecs/orientation.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

/// A TIFF block of one entry, little-endian.
Bytes exif(int tag, int type, std::uint32_t count, std::string_view value) {
    return bytes_of("II*\0\x08\0\0\0\x01\0"s + little(tag, 2) + little(type, 2) + little(count, 4) +
                    std::string(value) + little(0, 4));
}

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

TEST_CASE("the orientation is found in both byte orders") {
    CHECK(exif_orientation(exif(0x0112, 3, 1, "\x06\0\0\0"sv)) == 6);
    CHECK(exif_orientation(bytes_of("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0"sv)) ==
          8);
}

TEST_CASE("some writers use another integer type") {
    CHECK(exif_orientation(exif(0x0112, 4, 1, "\x03\0\0\0"sv)) == 3);
    CHECK(exif_orientation(exif(0x0112, 1, 1, "\x05\0\0\0"sv)) == 5);
}

TEST_CASE("an invalid block counts as upright") {
    CHECK(exif_orientation({}) == 1);
    CHECK(exif_orientation(bytes_of("II*\0")) == 1);
    CHECK(exif_orientation(bytes_of("no TIFF header at all")) == 1);
    CHECK(exif_orientation(exif(0x0100, 3, 1, "\x06\0\0\0"sv)) == 1);  // another tag
    CHECK(exif_orientation(exif(0x0112, 3, 1, "\x09\0\0\0"sv)) == 1);  // no such orientation
    CHECK(exif_orientation(exif(0x0112, 3, 1, "\0\0\0\0"sv)) == 1);
    CHECK(exif_orientation(exif(0x0112, 2, 1, "\x06\0\0\0"sv)) == 1);  // text
    CHECK(exif_orientation(exif(0x0112, 3, 0, "\x06\0\0\0"sv)) == 1);  // no value
    const Bytes far = bytes_of("II*\0\xFF\xFF\xFF\xFF\x01\0"sv);
    CHECK(exif_orientation(far) == 1);
}

TEST_CASE("a truncated block counts as upright") {
    const Bytes whole = exif(0x0112, 3, 1, "\x06\0\0\0"sv);
    for (std::size_t length = 0; length < 20; ++length) {
        CHECK(exif_orientation(std::span(whole).first(length)) == 1);
    }
}

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
