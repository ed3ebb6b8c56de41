#include "codecs/tga.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

std::string header(int type, int width, int height, int bits, int flags,
                   const std::string& palette = std::string(5, '\0')) {
    return "\0"s + little(palette[2] != 0 ? 1 : 0, 1) + little(type, 1) + palette + little(0, 4) +
           little(width, 2) + little(height, 2) + little(bits, 1) + little(flags, 1);
}

/// Each pixel's red.
std::vector<int> reds(const std::string& bytes) {
    const auto decoded = decode_tga(bytes_of(bytes), {});
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().message);
    std::vector<int> out;
    for (std::size_t i = 0; i < decoded->image.rgb.size(); i += 3) out.push_back(decoded->image.rgb[i]);
    return out;
}

}  // namespace

TEST_CASE("rows and columns are sorted") {
    const std::string grey = "\1\2\3\4";
    CHECK(reds(header(3, 2, 2, 8, 0x00) + grey) == std::vector{3, 4, 1, 2});
    CHECK(reds(header(3, 2, 2, 8, 0x10) + grey) == std::vector{4, 3, 2, 1});
    CHECK(reds(header(3, 2, 2, 8, 0x20) + grey) == std::vector{1, 2, 3, 4});
    CHECK(reds(header(3, 2, 2, 8, 0x30) + grey) == std::vector{2, 1, 4, 3});
}

TEST_CASE("runs may cross the end of a row") {
    CHECK(reds(header(11, 2, 2, 8, 0x20) + "\x82\7\0\5"s) == std::vector{7, 7, 7, 5});
}

TEST_CASE("an index may be before or after the palette's colours") {
    const std::string palette = little(1, 2) + little(2, 2) + little(24, 1);
    CHECK(reds(header(1, 4, 1, 8, 0x20, palette) + "\0\0\x50\0\0\x60"s + "\0\1\2\x09"s) ==
          std::vector{0x00, 0x50, 0x60, 9});
}

TEST_CASE("the error of a truncated file says how many rows there are") {
    const auto decoded = decode_tga(bytes_of(header(3, 2, 2, 8, 0) + "\1\2\3"), {});
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == InputErrorKind::decode);
    CHECK(decoded.error().message == "truncated TGA: 1 of 2 rows");
}

TEST_CASE("only a header with valid fields is taken for TGA") {
    CHECK(looks_like_tga(bytes_of(header(2, 1, 1, 24, 0x20))));
    CHECK_FALSE(looks_like_tga(bytes_of(header(2, 0, 1, 24, 0x20))));
    CHECK_FALSE(looks_like_tga(bytes_of(header(2, 1, 1, 23, 0x20))));
    CHECK_FALSE(looks_like_tga(bytes_of(header(4, 1, 1, 24, 0x20))));
    CHECK_FALSE(looks_like_tga(bytes_of(header(1, 1, 1, 8, 0x20))));  // a palette is missing
    CHECK_FALSE(looks_like_tga(bytes_of(header(2, 1, 1, 24, 0xE0))));
    CHECK_FALSE(looks_like_tga(bytes_of(header(2, 1, 1, 24, 0x20).substr(0, 17))));
}
