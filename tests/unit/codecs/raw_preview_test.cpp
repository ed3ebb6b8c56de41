#include "codecs/raw_preview.h"

#include <doctest/doctest.h>

#include "build_tiff.h"
#include "codecs/sniff.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

std::string text_of(const Bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string jpeg(std::string_view name) { return text_of(golden(name)); }

/// A TIFF file whose directory says that its pixels are a colour filter array.
Bytes raw_of(const std::string& content) { return build_tiff({{262, {32803}}, {274, {3}}}, content); }

}  // namespace

TEST_CASE("a TIFF file is a raw file if a directory says so") {
    CHECK(sniff(raw_of("")) == PictureFormat::raw);
    CHECK(sniff(build_tiff({{50706, {1}}}, "")) == PictureFormat::raw);
    CHECK(sniff(build_tiff({{259, {34713}}}, "")) == PictureFormat::raw);
    CHECK(sniff(build_tiff(rgb_tags(1, 1), "rgb")) == PictureFormat::tiff);
    // A directory below the first one counts; it lies at offset 8.
    const std::string below =
        little(1, 2) + little(262, 2) + little(4, 2) + little(1, 4) + little(32803, 4) + little(0, 4);
    CHECK(sniff(build_tiff({{330, {8}}}, below)) == PictureFormat::raw);
    // A directory that names itself as the one below ends.
    CHECK(sniff(build_tiff({{330, {8}}, {331, {1}}}, "")) == PictureFormat::tiff);
}

TEST_CASE("makers have other first bytes, too") {
    for (const auto start : {"IIRO"sv, "IIRS"sv, "MMOR"sv, "IIU\0"sv, "FUJIFILMCCD-RAW"sv,
                             "\0\0\0\x18"
                             "ftypcrx "sv}) {
        CHECK(sniff(bytes_of(std::string(start) + std::string(16, '\0'))) == PictureFormat::raw);
    }
}

TEST_CASE("the largest preview is taken, wherever it lies, with the orientation of the raw file") {
    const std::string large = jpeg("photo-420.jpg"), sensor(1000, '\x55');
    const auto whole = decode_raw_preview(raw_of(sensor + large + sensor), {});
    REQUIRE(whole.has_value());
    CHECK(whole->image.width == 75);
    CHECK(whole->orientation == 3);
    // What only begins like a JPEG picture is passed over, though it states a larger size.
    const std::string pretended = "\xFF\xD8\xFF\xC0\0\x0B\x08\x10\0\x10\0\1\1\x11\0"s;
    const auto behind = decode_raw_preview(raw_of(pretended + sensor + large), {});
    REQUIRE(behind.has_value());
    CHECK(behind->image.rgb == whole->image.rgb);
}

TEST_CASE("previews that were decoded are counted") {
    const auto before = raw_previews_decoded();
    CHECK(decode_raw_preview(raw_of(jpeg("photo-420.jpg")), {}).has_value());
    CHECK_FALSE(decode_raw_preview(raw_of("none"), {}).has_value());
    CHECK(raw_previews_decoded() == before + 1);
}

TEST_CASE("a preview over the limit is refused") {
    const auto decoded = decode_raw_preview(raw_of(jpeg("photo-420.jpg")), {.max_pixels = 1000});
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == InputErrorKind::limits);
}
