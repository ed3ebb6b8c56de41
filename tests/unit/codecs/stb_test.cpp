#include "codecs/stb.h"

#include <doctest/doctest.h>

#include "build_png.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

TEST_CASE("only PNG is compiled in") {
    for (const char* name :
         {"palette.gif", "photo-RGB.bmp", "raw-100.pgm", "photo-RGB-runs.tga", "photo-420.jpg"}) {
        CAPTURE(name);
        CHECK_FALSE(decode_with_stb(golden(name), "test", {}).has_value());
    }
    CHECK(decode_with_stb(golden("photo-RGB.png"), "PNG", {}).has_value());
}

TEST_CASE("greys of 16 bits keep all their bits") {
    const auto samples = decode_grey16_with_stb(
        bytes_of(png_header(2, 1, 16, 0) + png_chunk("IDAT", stored("\0\x12\x34\xFF\xFE"sv)) + png_end),
        "PNG", {});
    REQUIRE(samples.has_value());
    CHECK(*samples == std::vector<std::uint16_t>{0x1234, 0xFFFE});
}

TEST_CASE("the limit holds") {
    const auto refused = decode_with_stb(golden("photo-RGB.png"), "PNG", {.max_pixels = 10});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == InputErrorKind::limits);
}

TEST_CASE("a failure does not affect the next picture") {
    Bytes cut = golden("photo-RGB.png");
    cut.resize(cut.size() / 2);
    CHECK_FALSE(decode_with_stb(cut, "PNG", {}).has_value());
    CHECK(decode_with_stb(golden("photo-RGB.png"), "PNG", {}).has_value());
}
