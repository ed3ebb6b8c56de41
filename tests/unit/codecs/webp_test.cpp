#include "codecs/webp.h"

#include <doctest/doctest.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;

namespace {

bool build_has_webp() { return decode_webp(golden("lossy.webp"), {}).has_value(); }

}  // namespace

TEST_CASE("a build without WebP says so, one with it decodes") {
    const auto decoded = decode_webp(golden("lossy.webp"), {});
    if (decoded) {
        CHECK(decoded->image.width == 75);
        CHECK(decoded->image.height == 53);
    } else {
        CHECK(decoded.error().kind == InputErrorKind::format);
        CHECK(decoded.error().message.find("this build does not read WebP") != std::string::npos);
    }
}

TEST_CASE("a truncated or damaged WebP is an error") {
    if (!build_has_webp()) return;
    for (const char* name : {"lossy.webp", "lossless-alpha.webp", "animated.webp"}) {
        CAPTURE(name);
        Bytes bytes = golden(name);
        const auto cut = decode_webp(std::span(bytes).first(bytes.size() / 2), {});
        REQUIRE_FALSE(cut.has_value());
        CHECK(cut.error().message == "truncated WebP: it is shorter than it states");
        bytes[12] = std::byte{'?'};
        CHECK_FALSE(decode_webp(bytes, {}).has_value());
    }
}

TEST_CASE("the orientation comes with the pixels") {
    if (!build_has_webp()) return;
    CHECK(decode_webp(golden("turned-3-MM.webp"), {})->orientation == 3);
}
