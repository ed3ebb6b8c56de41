#include "codecs/png_metadata.h"

#include <doctest/doctest.h>
#include <libdeflate.h>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

const std::string exif = "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s;
const std::string raw_profile =
    "Raw profile type exif\0\nexif\n      26\n"
    "49492a000800000001001201030001000000\n0800000000000000\n"s;
const std::string xmp = R"(<rdf:Description tiff:Orientation="3"/>)";

/// The orientation that these chunks state.
int orientation_of(const std::vector<std::pair<std::string_view, std::string>>& chunks) {
    std::vector<Bytes> kept;
    PngMetadata metadata;
    for (const auto& [type, data] : chunks) metadata.take(type, kept.emplace_back(bytes_of(data)));
    return metadata.orientation();
}

std::string deflated(std::string_view text) {
    std::string out(text.size() + 1000, '\0');
    libdeflate_compressor* compressor = libdeflate_alloc_compressor(9);
    out.resize(libdeflate_zlib_compress(compressor, text.data(), text.size(), out.data(), out.size()));
    libdeflate_free_compressor(compressor);
    return out;
}

}  // namespace

TEST_CASE("a PNG file states its orientation in several ways, and one counts before the other") {
    const std::string xmp_text = "XML:com.adobe.xmp\0\0\0\0\0"s + xmp;
    CHECK(orientation_of({}) == 1);
    CHECK(orientation_of({{"eXIf", exif}}) == 6);
    CHECK(orientation_of({{"tEXt", raw_profile}}) == 8);
    CHECK(orientation_of({{"iTXt", xmp_text}}) == 3);
    CHECK(orientation_of({{"iTXt", xmp_text}, {"tEXt", raw_profile}}) == 8);
    CHECK(orientation_of({{"iTXt", xmp_text}, {"tEXt", raw_profile}, {"eXIf", exif}}) == 6);
    CHECK(orientation_of({{"iTXt", xmp_text}, {"tEXt", "Comment\0Raw profile type exif"s}}) == 3);
}

TEST_CASE("compressed text is inflated, up to a megabyte") {
    const std::string keyword = "XML:com.adobe.xmp\0\0"s;
    CHECK(orientation_of({{"zTXt", keyword + deflated(xmp)}}) == 3);
    CHECK(orientation_of({{"zTXt", keyword + deflated(std::string(100'000, ' ') + xmp)}}) == 3);
    CHECK(orientation_of({{"zTXt", keyword + deflated(std::string(2'000'000, ' ') + xmp)}}) == 1);
    CHECK(orientation_of({{"iTXt", keyword + "\1\0en\0\0"s}}) == 1);
    CHECK(orientation_of({{"iTXt", "XML:com.adobe.xmp\0\1\0en\0\0"s + deflated(xmp)}}) == 3);
}

TEST_CASE("damaged text states nothing") {
    CHECK(orientation_of({{"tEXt", "Raw profile type exif"s}}) == 1);
    CHECK(orientation_of({{"tEXt", raw_profile.substr(0, 40)}}) == 1);
    CHECK(orientation_of({{"tEXt", raw_profile + "4"}}) == 1);
    CHECK(orientation_of({{"zTXt", raw_profile}}) == 1);
    CHECK(orientation_of({{"zTXt", "Raw profile type exif\0\0no zlib stream"s}}) == 1);
    CHECK(orientation_of({{"iTXt", "XML:com.adobe.xmp\0\0"s}}) == 1);
    CHECK(orientation_of({{"iTXt", "XML:com.adobe.xmp\0\1\1\0\0"s + xmp}}) == 1);
}
