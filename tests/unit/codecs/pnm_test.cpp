#include "codecs/pnm.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

std::vector<std::uint8_t> rgb_of(std::string_view bytes) {
    const auto decoded = decode_pnm(bytes_of(bytes), {});
    REQUIRE_MESSAGE(decoded.has_value(), decoded.error().message);
    return decoded->image.rgb;
}

std::string message_of(std::string_view bytes) {
    const auto decoded = decode_pnm(bytes_of(bytes), {});
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == InputErrorKind::decode);
    return decoded.error().message;
}

}  // namespace

TEST_CASE("the six kinds") {
    const std::vector<std::uint8_t> black_white{0, 0, 0, 255, 255, 255};
    CHECK(rgb_of("P1 2 1 1 0") == black_white);
    CHECK(rgb_of("P4 2 1\n\x80") == black_white);
    CHECK(rgb_of("P2 2 1 255 0 255") == black_white);
    CHECK(rgb_of("P5 2 1 255\n\0\xFF"sv) == black_white);
    CHECK(rgb_of("P3 1 1 255 1 2 3") == std::vector<std::uint8_t>{1, 2, 3});
    CHECK(rgb_of("P6 1 1 255\n\1\2\3") == std::vector<std::uint8_t>{1, 2, 3});
}

TEST_CASE("comments may stand between the numbers") {
    CHECK(rgb_of("P5 # one\n1 #two\n#three\n1 255\n\x07") == std::vector<std::uint8_t>{7, 7, 7});
}

TEST_CASE("colours are scaled to 255, greys of more than 256 levels to 65535 and clipped") {
    CHECK(rgb_of("P3 1 1 1000 4 500 1000") ==
          std::vector<std::uint8_t>{1, 128, 255});  // 127.5 is even at 128
    CHECK(rgb_of("P2 3 1 1000 1 4 5") == std::vector<std::uint8_t>{66, 66, 66, 255, 255, 255, 255, 255, 255});
    CHECK(rgb_of("P5 1 1 65535\n\0\x42"sv) == std::vector<std::uint8_t>{0x42, 0x42, 0x42});
}

TEST_CASE("truncated and damaged files are errors") {
    CHECK(message_of("P5 2 2 255\nabc") == "truncated PNM: 1 of 2 rows");
    CHECK(message_of("P4 9 1\n\x80") == "truncated PNM: 0 of 1 rows");
    CHECK(message_of("P2 2 1 255 7") == "truncated PNM: too few samples");
    CHECK(message_of("P1 2 1 1") == "truncated PNM: too few pixels");
    CHECK(message_of("P2 1 1 255 256") == "damaged PNM: a sample is above the highest value");
    CHECK(message_of("P2 1 1 255 x 3") == "damaged PNM: a sample is not a number");
    CHECK(message_of("P1 1 1 2") == "damaged PNM: a bit is neither 0 nor 1");
    CHECK(message_of("P5 1 1 70000 ..") == "damaged PNM: its highest value is not within 1 and 65535");
    CHECK(message_of("P5 1 -1 255 ..") == "damaged PNM: its header has no valid size or highest value");
    CHECK(message_of("P5 1 12345678901 255 ..") ==
          "damaged PNM: its header has no valid size or highest value");
}
