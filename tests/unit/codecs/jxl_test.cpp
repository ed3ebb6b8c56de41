#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;

namespace {

Bytes seed(std::string_view name) { return corpus("jxl", name); }

bool build_has_jxl() { return decode(seed("seed-RGB-lossless.jxl")).has_value(); }

}  // namespace

TEST_CASE("a build without JPEG XL names the package, one with it decodes") {
    const auto decoded = decode(seed("seed-RGB-lossless.jxl"));
    if (decoded) {
        CHECK(decoded->image.width == 36);
        CHECK(decoded->image.height == 32);
    } else {
        CHECK(decoded.error().kind == InputErrorKind::format);
        CHECK(decoded.error().message.find("install the package libjxl-dev") != std::string::npos);
    }
}

TEST_CASE("a JPEG XL picture comes turned, as its codestream says") {
    if (!build_has_jxl()) return;
    const auto decoded = decode(seed("seed-turned.jxl"));
    REQUIRE(decoded.has_value());
    CHECK(decoded->image.width == 32);
    CHECK(decoded->orientation == 1);
}

TEST_CASE("a JPEG XL picture over the limit is refused by its header") {
    if (!build_has_jxl()) return;
    const auto decoded = decode(seed("seed-RGB-lossless.jxl"), {.max_pixels = 36 * 32 - 1});
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == InputErrorKind::limits);
    CHECK(decoded.error().message.find("picture of 36×32") != std::string::npos);
}

TEST_CASE("a truncated JPEG XL picture is an error, at whatever byte it ends") {
    if (!build_has_jxl()) return;
    const Bytes bytes = seed("seed-RGB-lossy.jxl");
    for (std::size_t length = 2; length < bytes.size(); length += 7) {
        CAPTURE(length);
        const auto decoded = decode(std::span(bytes).first(length));
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().kind == InputErrorKind::decode);
    }
}
