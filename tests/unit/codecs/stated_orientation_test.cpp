#include "codecs/stated_orientation.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

/// A little-endian entry of a directory.
std::string entry(int tag, int type, std::uint32_t count, std::string_view value) {
    return little(tag, 2) + little(type, 2) + little(count, 4) + std::string(value);
}

/// A TIFF block of these entries, and the bytes after its directory.
Bytes block(const std::vector<std::string>& entries, std::string_view after = {}) {
    std::string text = "II*\0\x08\0\0\0"s + little(static_cast<std::uint32_t>(entries.size()), 2);
    for (const std::string& one : entries) text += one;
    return bytes_of(text + little(0, 4) + std::string(after));
}

Bytes exif(int type, std::uint32_t count, std::string_view value, std::string_view after = {}) {
    return block({entry(0x0112, type, count, value)}, after);
}

}  // namespace

TEST_CASE("the orientation is found in both byte orders") {
    CHECK(exif_orientation(exif(3, 1, "\x06\0\0\0"sv)) == 6);
    CHECK(exif_orientation(bytes_of("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x08\0\0\0\0\0\0"sv)) ==
          8);
}

TEST_CASE("some writers use another type of number") {
    CHECK(exif_orientation(exif(4, 1, "\x03\0\0\0"sv)) == 3);
    CHECK(exif_orientation(exif(6, 1, "\x03\0\0\0"sv)) == 3);
    CHECK(exif_orientation(exif(8, 1, "\x05\0\0\0"sv)) == 5);
    CHECK(exif_orientation(exif(9, 1, "\x07\0\0\0"sv)) == 7);
    CHECK(exif_orientation(exif(11, 1, "\0\0\xC0\x40"sv)) == 6);
    CHECK(exif_orientation(exif(5, 1, "\x1A\0\0\0"sv, "\x0C\0\0\0\x02\0\0\0"sv)) == 6);
    CHECK(exif_orientation(exif(3, 3, "\x1A\0\0\0"sv, "\x06\0\0\0\0\0"sv)) == 6);
}

TEST_CASE("bytes and text are not numbers for Pillow, so the picture is upright") {
    CHECK(exif_orientation(exif(1, 1, "\x05\0\0\0"sv)) == 1);
    CHECK(exif_orientation(exif(2, 2, "6\0\0\0"sv)) == 1);
    CHECK(exif_orientation(exif(7, 1, "\x05\0\0\0"sv)) == 1);
}

TEST_CASE("another number counts as upright") {
    CHECK(exif_orientation(exif(3, 1, "\x09\0\0\0"sv)) == 1);
    CHECK(exif_orientation(exif(3, 1, "\0\0\0\0"sv)) == 1);
    CHECK(exif_orientation(exif(8, 1, "\xFA\xFF\0\0"sv)) == 1);
    CHECK(exif_orientation(exif(5, 1, "\x1A\0\0\0"sv, "\x06\0\0\0\0\0\0\0"sv)) == 1);  // divided by 0
}

TEST_CASE("the first valid entry of several counts") {
    CHECK(exif_orientation(
              block({entry(0x0112, 99, 1, "\x03\0\0\0"sv), entry(0x0112, 3, 0, "\x04\0\0\0"sv),
                     entry(0x0112, 3, 1, "\x06\0\0\0"sv), entry(0x0112, 3, 1, "\x08\0\0\0"sv)})) == 6);
}

TEST_CASE("a value that is cut off ends the directory") {
    const auto make = [](std::string_view offset) {
        return block({entry(0x010F, 2, 5, offset), entry(0x0112, 3, 1, "\x06\0\0\0"sv)});
    };
    CHECK(exif_orientation(make("\0\0\0\0"sv)) == 6);
    CHECK_FALSE(exif_orientation(make("\xF0\0\0\0"sv)).has_value());
}

TEST_CASE("the name of an EXIF segment may stand before the block, even twice") {
    const Bytes bare = exif(3, 1, "\x06\0\0\0"sv);
    std::string named = "Exif\0\0Exif\0\0"s + std::string(as_text(bare));
    CHECK(exif_orientation(bytes_of(named)) == 6);
    CHECK_FALSE(exif_orientation(bytes_of("Exif\0\0"s + named)).has_value());
}

TEST_CASE("a block without an orientation states none") {
    CHECK_FALSE(exif_orientation({}).has_value());
    CHECK_FALSE(exif_orientation(bytes_of("II*\0")).has_value());
    CHECK_FALSE(exif_orientation(bytes_of("no TIFF header at all")).has_value());
    CHECK_FALSE(exif_orientation(block({entry(0x0100, 3, 1, "\x06\0\0\0"sv)})).has_value());
    CHECK_FALSE(exif_orientation(bytes_of("II*\0\xFF\xFF\xFF\xFF\x01\0"sv)).has_value());
    const Bytes whole = exif(3, 1, "\x06\0\0\0"sv);
    for (std::size_t length = 0; length < 22; ++length) {
        CHECK_FALSE(exif_orientation(std::span(whole).first(length)).has_value());
    }
}

TEST_CASE("XMP states the orientation as an attribute or an element") {
    CHECK(xmp_orientation(R"(<rdf:Description tiff:Orientation="6"/>)") == 6);
    CHECK(xmp_orientation("<tiff:Orientation>8</tiff:Orientation>") == 8);
    CHECK(xmp_orientation("tiff:Orientation='3' <tiff:Orientation>4<") == 4);
    CHECK(xmp_orientation(R"(tiff:Orientation="9")") == 1);
    CHECK_FALSE(xmp_orientation(R"(tiff:Orientation=")").has_value());
    CHECK_FALSE(xmp_orientation("exif:Orientation=\"6\"").has_value());
}

TEST_CASE("EXIF counts before XMP") {
    constexpr std::string_view xmp = R"(tiff:Orientation="3")";
    CHECK(stated_orientation(exif(3, 1, "\x06\0\0\0"sv), xmp) == 6);
    CHECK(stated_orientation(exif(1, 1, "\x06\0\0\0"sv), xmp) == 1);
    CHECK(stated_orientation({}, xmp) == 3);
    CHECK(stated_orientation({}, {}) == 1);
}
