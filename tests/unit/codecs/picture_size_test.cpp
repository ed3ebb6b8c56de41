#include "codecs/picture_size.h"

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("a picture over the limit is refused with both numbers and the option") {
    const auto error = size_error(30000, 30000, {});
    REQUIRE(error.has_value());
    CHECK(error->kind == InputErrorKind::limits);
    CHECK(error->message ==
          "picture of 30000×30000 is over the limit of 200 megapixels: raise it with --max-megapixels");
    CHECK_FALSE(size_error(20000, 10000, {}).has_value());
    CHECK(size_error(20001, 10000, {}).has_value());
}

TEST_CASE("the largest possible sides do not overflow") {
    CHECK(size_error(0xFFFFFFFF, 0xFFFFFFFF, {.max_pixels = ~std::uint64_t{0}}).has_value());
    CHECK(size_error(0x80000000, 1, {.max_pixels = ~std::uint64_t{0}}).has_value());
}

TEST_CASE("a picture without pixels is damaged") {
    REQUIRE(size_error(0, 10, {}).has_value());
    CHECK(size_error(0, 10, {})->kind == InputErrorKind::decode);
    CHECK(size_error(10, 0, {})->kind == InputErrorKind::decode);
}

TEST_CASE("a blank image is black") {
    const Image image = blank_image(3, 2);
    CHECK(image.width == 3);
    CHECK(image.height == 2);
    CHECK(image.rgb == std::vector<std::uint8_t>(18, 0));
}
