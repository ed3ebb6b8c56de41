#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

Bytes seed(std::string_view name) { return corpus("heif", name); }

bool build_has_heif() { return decode(seed("seed-444.heic")).has_value(); }

std::string box(std::string_view name, const std::string& content) {
    return big(content.size() + 8, 4) + std::string(name) + content;
}

std::string versioned(std::string_view name, const std::string& content) {
    return box(name, big(0, 4) + content);
}

/// A grid, item 1 of 100×100, of so many times item 2, which is 4096×4096. There are no pixels.
Bytes grid_of(int parts) {
    std::string references = big(1, 2) + big(parts, 2);
    for (int i = 0; i < parts; ++i) references += big(2, 2);
    const std::string sizes =
        versioned("ispe", big(100, 4) + big(100, 4)) + versioned("ispe", big(4096, 4) + big(4096, 4));
    const std::string associations = big(2, 4) + big(1, 2) + "\1\1"s + big(2, 2) + "\1\2"s;
    return bytes_of(box("ftyp", "heic\0\0\0\0mif1heic"s) +
                    versioned("meta", versioned("pitm", big(1, 2)) +
                                          versioned("iref", box("dimg", references)) +
                                          box("iprp", box("ipco", sizes) + versioned("ipma", associations))));
}

std::string bytes_of_bits(std::string bits) {
    std::string out;
    while (bits.size() % 8 != 0) bits += '0';
    for (std::size_t i = 0; i < bits.size(); i += 8)
        out += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
    return out;
}

std::string bits_of(std::uint32_t value, int count) {
    std::string out;
    for (int bit = count - 1; bit >= 0; --bit) out += (value >> bit & 1) != 0 ? '1' : '0';
    return out;
}

/// A sequence header of AV1 in its short form.
std::string av1_header(std::uint32_t side) {
    const std::string bits =
        "000"
        "1"
        "1"
        "00000"
        "1111"
        "1111" +
        bits_of(side - 1, 16) + bits_of(side - 1, 16);
    const std::string content = bytes_of_bits(bits);
    return "\x12\0\x0A"s + static_cast<char>(content.size()) + content;
}

/// The box with a sequence parameter set of HEVC.
std::string hevc_box(std::uint32_t side) {
    const std::string length = bits_of(side + 1, 27);  // 13 zeros, then 14 bits
    const std::string bits = std::string(16 + 8 + 96, '0') +
                             "1"
                             "010" +
                             length + length;
    const std::string unit = bytes_of_bits(bits);
    return box("hvcC", std::string(22, '\0') + "\1\x21"s + big(1, 2) + big(unit.size(), 2) + unit);
}

/// A picture that states 64×64, with another property and a stream.
Bytes picture_of_64(const std::string& property, const std::string& stream) {
    const std::string properties = box("ipco", versioned("ispe", big(64, 4) + big(64, 4)) + property);
    const std::string start = box("ftyp", "avif\0\0\0\0mif1"s) + box("mdat", stream);
    const std::string places = "\x44\0"s + big(1, 2) + big(1, 2) + big(0, 2) + big(1, 2) +
                               big(start.size() - stream.size(), 4) + big(stream.size(), 4);
    return bytes_of(
        start +
        versioned("meta", versioned("pitm", big(1, 2)) + versioned("iloc", places) +
                              box("iprp", properties + versioned("ipma", big(1, 4) + big(1, 2) + "\1\1"s))));
}

}  // namespace

TEST_CASE("a build without HEIC and AVIF names the package, one with it decodes") {
    for (const char* name : {"seed-444.heic", "seed-444.avif"}) {
        CAPTURE(name);
        const auto decoded = decode(seed(name));
        if (decoded) {
            CHECK(decoded->image.width == 66);
            CHECK(decoded->image.height == 66);
            CHECK(decoded->orientation == 1);
        } else {
            CHECK(decoded.error().kind == InputErrorKind::format);
            CHECK(decoded.error().message.find("install the package libheif-dev") != std::string::npos);
        }
    }
}

TEST_CASE("a HEIC picture over the limit is refused by its header") {
    if (!build_has_heif()) return;
    const auto decoded = decode(seed("seed-444.heic"), {.max_pixels = 66 * 66 - 1});
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == InputErrorKind::limits);
}

TEST_CASE("a grid of parts that are far larger than the picture is refused before they are decoded") {
    if (!build_has_heif()) return;
    const auto large = decode(grid_of(100));
    REQUIRE_FALSE(large.has_value());
    CHECK(large.error().kind == InputErrorKind::limits);
    CHECK(large.error().message == "the parts of this HEIF picture have 1678 megapixels, it has 0.0");
    // The same without parts is only damaged.
    CHECK(decode(grid_of(0)).error().kind == InputErrorKind::decode);
}

TEST_CASE("a stream that is far larger than the picture is refused before it is decoded") {
    if (!build_has_heif()) return;
    for (const Bytes& bytes : {picture_of_64("", av1_header(8192)), picture_of_64(hevc_box(8192), "")}) {
        const auto decoded = decode(bytes);
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().kind == InputErrorKind::limits);
        CHECK(decoded.error().message == "the stream of this HEIF picture has 67 megapixels, it has 0.0");
    }
    // A stream of that size is not refused by it; these have no pixels.
    CHECK(decode(picture_of_64("", av1_header(64))).error().kind != InputErrorKind::limits);
}

TEST_CASE("a truncated or damaged HEIC picture is an error that says what libheif found") {
    if (!build_has_heif()) return;
    const Bytes bytes = seed("seed-420.heic");
    for (std::size_t length = 16; length < bytes.size() - 64; length += 97) {
        CAPTURE(length);
        const auto decoded = decode(std::span(bytes).first(length));
        REQUIRE_FALSE(decoded.has_value());
        CHECK_FALSE(decoded.error().message.empty());
    }
}
