#include <doctest/doctest.h>

#include "build_tiff.h"
#include "codecs/decode.h"
#include "codecs/module.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

const std::string four_pixels = "\xFF\0\0\0\xFF\0\0\0\xFF\1\2\3"s;

bool build_has_tiff() { return decode(build_tiff(rgb_tags(2, 2), four_pixels)).has_value(); }

/// What is wrong with a picture of these tags.
InputError error_of(const TiffTags& tags, const std::string& pixels = four_pixels,
                    const DecodeLimits& limits = {}) {
    const auto decoded = decode(build_tiff(tags, pixels), limits);
    REQUIRE_FALSE(decoded.has_value());
    return decoded.error();
}

TiffTags with(TiffTags tags, const TiffTags& more) {
    for (const auto& [tag, values] : more) tags[tag] = values;
    return tags;
}

}  // namespace

TEST_CASE("a build without TIFF names the package, one with it decodes") {
    const auto decoded = decode(build_tiff(with(rgb_tags(2, 2), {{274, {6}}}), four_pixels));
    if (decoded) {
        CHECK(pixel(decoded->image, 0, 0) == 0xFF0000);
        CHECK(pixel(decoded->image, 1, 1) == 0x010203);
        CHECK(decoded->orientation == 6);
    } else {
        CHECK(decoded.error().kind == InputErrorKind::format);
        CHECK(decoded.error().message.find("install the package libtiff-dev") != std::string::npos);
    }
}

TEST_CASE("a TIFF that Pillow does not read is refused by the name of its pixels") {
    if (!build_has_tiff()) return;
    const auto lab = error_of(with(rgb_tags(2, 2), {{262, {8}}}));
    CHECK(lab.kind == InputErrorKind::format);
    CHECK(lab.message ==
          "this TIFF picture has Lab pixels of 3 8-bit samples, which is not supported: convert it to PNG or "
          "JPEG");
    CHECK(error_of(with(rgb_tags(1, 1), {{258, {32, 32, 32}}, {339, {3, 3, 3}}}))
              .message.find("RGB pixels of 3 floating point 32-bit samples") != std::string::npos);
    CHECK(error_of(with(rgb_tags(2, 2), {{259, {34661}}})).message.find("is compressed with") !=
          std::string::npos);
}

TEST_CASE("a TIFF over the limit is refused by its header") {
    if (!build_has_tiff()) return;
    const auto large = error_of(rgb_tags(1000, 1000), four_pixels, {.max_pixels = 999'999});
    CHECK(large.kind == InputErrorKind::limits);
    CHECK(large.message.find("picture of 1000×1000") != std::string::npos);
    // One tile that is much larger than the picture would take as long as its own size.
    TiffTags tiled = rgb_tags(2, 2);
    for (const int tag : {273, 278, 279}) tiled.erase(static_cast<std::uint16_t>(tag));
    tiled = with(tiled, {{322, {32'000}}, {323, {32'000}}, {324, {8}}, {325, {12}}});
    CHECK(error_of(tiled).message == "tiles of 32000×32000 are too large for a picture of 2×2");
    CHECK(error_of(tiled).kind == InputErrorKind::limits);
}

TEST_CASE("a truncated or damaged TIFF is an error that says what libtiff found") {
    if (!build_has_tiff()) return;
    CHECK(error_of(rgb_tags(20, 20)).kind == InputErrorKind::decode);
    CHECK(error_of(rgb_tags(20, 20)).message.starts_with("damaged TIFF: Read error"));
    for (const auto bytes : {"II*\0"sv, "MM\0*\0\0\0\x08\0\1"sv, "II*\0\x08\0\0\0\0\0\0\0\0\0"sv}) {
        const auto decoded = decode(bytes_of(bytes));
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().message.starts_with("damaged TIFF: "));
    }
}

TEST_CASE("a directory that names itself as the next page ends") {
    if (!build_has_tiff()) return;
    Bytes bytes = build_tiff(rgb_tags(2, 2), four_pixels);
    const std::size_t next = 8 + four_pixels.size() + 2 + 12 * rgb_tags(2, 2).size();
    bytes[next] = std::byte{8 + 12};  // the offset of this directory
    CHECK(decode(bytes).has_value());
}
