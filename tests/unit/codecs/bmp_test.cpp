#include "codecs/bmp.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

struct BmpFields {
    int width;
    int height;
    int bits;
    int compression = 0;
};

/// Four colours, each of one level of grey: 0x10, 0x20, 0x30, 0x40.
std::string four_colors() {
    std::string out;
    for (int i = 1; i <= 4; ++i) out += std::string(3, static_cast<char>(i * 0x10)) + '\0';
    return out;
}

std::string bmp(const BmpFields& fields, const std::string& tail, const std::string& pixels, int colors = 0) {
    return "BM" + little(0, 8) + little(54 + tail.size(), 4) + little(40, 4) + little(fields.width, 4) +
           little(fields.height, 4) + little(1, 2) + little(fields.bits, 2) + little(fields.compression, 4) +
           little(0, 12) + little(colors, 4) + little(0, 4) + tail + pixels;
}

/// Each pixel's level as one digit: palette index + 1.
std::string shown(const std::string& bytes) {
    const auto decoded = decode_bmp(bytes_of(bytes), {});
    if (!decoded) return decoded.error().message;
    std::string out;
    for (int y = 0; y < decoded->image.height; ++y) {
        if (y > 0) out += '/';
        for (int x = 0; x < decoded->image.width; ++x) {
            out += static_cast<char>('0' + (pixel(decoded->image, x, y) >> 20));
        }
    }
    return out;
}

}  // namespace

TEST_CASE("rows start at the bottom, or at the top if the height is negative") {
    const std::string pixels = "\0\1\2\0\3\2\1\0"s;
    CHECK(shown(bmp({3, 2, 8}, four_colors(), pixels, 4)) == "432/123");
    CHECK(shown(bmp({3, -2, 8}, four_colors(), pixels, 4)) == "123/432");
}

TEST_CASE("five and six bits are widened as in Pillow") {
    const std::string masks = little(0xF800, 4) + little(0x07E0, 4) + little(0x001F, 4);
    const auto decoded =
        decode_bmp(bytes_of(bmp({2, 1, 16, 3}, masks, little(4 << 11 | 9 << 5 | 4, 2) + "\0\0"s)), {});
    REQUIRE(decoded.has_value());
    CHECK(pixel(decoded->image, 0, 0) == (32 << 16 | 36 << 8 | 32));  // 4·255/31, 9·255/63
}

TEST_CASE("runs of eight bits, with single pixels, a move and an early end") {
    const std::string runs = "\3\1\0\0"s + "\0\3\3\2\1\0"s + "\0\0"s + "\0\2\1\0\1\3"s + "\0\1"s;
    CHECK(shown(bmp({3, 3, 8, 1}, four_colors(), runs, 4)) == "141/432/222");
}

TEST_CASE("runs of four bits, also of an odd number of single pixels") {
    const std::string runs = "\3\x12\0\0"s + "\0\3\x32\x10\0\0"s;
    CHECK(shown(bmp({3, 2, 4, 2}, four_colors(), runs, 4)) == "432/232");
}

TEST_CASE("the error of a truncated file says how many rows there are") {
    CHECK(shown(bmp({3, 2, 8}, four_colors(), "\0\1\2\0\3"s, 4)) == "truncated BMP: 1 of 2 rows");
    CHECK(shown(bmp({3, 2, 8, 1}, four_colors(), "\3\1\0\0\2\1"s, 4)) == "truncated BMP: 1 of 2 rows");
    CHECK(shown(bmp({3, 2, 8}, four_colors(), "", 4)) == "truncated BMP: it ends before its pixels");
    CHECK(shown("BM" + little(0, 12) + little(40, 4)) == "truncated BMP: its header is cut off");
    // The padding of the last row may be missing.
    CHECK(shown(bmp({3, 2, 8}, four_colors(), "\0\1\2\0\3\2\1"s, 4)) == "432/123");
}

TEST_CASE("the error names what is not supported") {
    CHECK(shown(bmp({1, 1, 7}, "", "....")) ==
          "BMP with 7 bits a pixel is not supported: convert it to PNG or JPEG");
    CHECK(shown(bmp({1, 1, 24, 4}, "", "....")) ==
          "BMP with compression 4 of 24 bits a pixel is not supported: convert it to PNG or JPEG");
    CHECK(decode_bmp(bytes_of(bmp({1, 1, 7}, "", "....")), {}).error().kind == InputErrorKind::format);
}

TEST_CASE("a width with the sign bit set is over every limit") {
    CHECK(decode_bmp(bytes_of(bmp({-5, 5, 24}, "", "....")), {}).error().kind == InputErrorKind::limits);
}
