#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

struct Stated {
    std::uint32_t width = 64, height = 64, tile_width = 64, tile_height = 64;
    int components = 3, layers = 1;
    std::string precincts = {};  ///< an exponent for each of two resolutions
};

/// A codestream that ends after its headers.
Bytes codestream(const Stated& stated) {
    std::string size = big(0, 2) + big(stated.width, 4) + big(stated.height, 4) + big(0, 8) +
                       big(stated.tile_width, 4) + big(stated.tile_height, 4) + big(0, 8) +
                       big(stated.components, 2);
    for (int i = 0; i < stated.components; ++i) size += "\x07\x01\x01"s;
    const std::string coding = big(stated.precincts.empty() ? 0 : 1, 1) + big(0, 1) + big(stated.layers, 2) +
                               "\0\1\4\4\0\1"s + stated.precincts;
    return bytes_of("\xFF\x4F\xFF\x51"s + big(size.size() + 2, 2) + size + "\xFF\x52"s +
                    big(coding.size() + 2, 2) + coding + "\xFF\x90"s + big(10, 2) + big(0, 2) + big(14, 4) +
                    "\0\1\xFF\x93"s);
}

InputError error_of(const Bytes& bytes, const DecodeLimits& limits = {}) {
    const auto decoded = decode(bytes, limits);
    REQUIRE_FALSE(decoded.has_value());
    return decoded.error();
}

bool build_has_jpeg2000() {
    return error_of(codestream({})).message.find("install the package") == std::string::npos;
}

}  // namespace

TEST_CASE("a build without JPEG 2000 names the package, one with it reads the header") {
    const InputError error = error_of(codestream({}));
    if (build_has_jpeg2000()) {
        CHECK(error.kind == InputErrorKind::decode);  // there are no packets
        CHECK(error.message.starts_with("damaged JPEG 2000: "));
    } else {
        CHECK(error.kind == InputErrorKind::format);
        CHECK(error.message.find("install the package libopenjp2-7-dev") != std::string::npos);
    }
}

TEST_CASE("a JPEG 2000 picture over the limit is refused by its header") {
    if (!build_has_jpeg2000()) return;
    const InputError error = error_of(codestream({.width = 1000, .height = 1000}), {.max_pixels = 999'999});
    CHECK(error.kind == InputErrorKind::limits);
    CHECK(error.message.find("picture of 1000×1000") != std::string::npos);
}

TEST_CASE("headers that state more than the file can hold are refused before memory is taken for it") {
    if (!build_has_jpeg2000()) return;
    const Stated tiles{.width = 4000, .height = 4000, .tile_width = 16, .tile_height = 16};
    CHECK(error_of(codestream(tiles)).message == "a picture of 4000×4000 in 62500 tiles is not decoded");
    CHECK(error_of(codestream({.layers = 65'535})).kind == InputErrorKind::limits);
    CHECK(error_of(codestream({.width = 8000, .height = 8000, .precincts = "\0\x11"s}))
              .message.find("more packets") != std::string::npos);
    CHECK(error_of(codestream({.components = 16'384})).message.find("16384 components") != std::string::npos);
}

TEST_CASE("a JPEG 2000 header that is cut off is an error") {
    if (!build_has_jpeg2000()) return;
    const Bytes bytes = codestream({});
    for (std::size_t length = 4; length < bytes.size() - 14; ++length) {
        CAPTURE(length);
        CHECK(error_of(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length))).kind ==
              InputErrorKind::decode);
    }
    CHECK(error_of(bytes_of("\0\0\0\x0CjP  \r\n\x87\n"sv)).message ==
          "damaged JPEG 2000: its header is missing or cut off");
}
