#include "preprocess/decode_needed.h"

#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "codecs/decode.h"
#include "codecs/picture_bytes.h"

using namespace imnet;
using namespace imnet::test;

namespace {

const Preprocessor square_crop({.short_side = 10, .image_size = 8}, PixelFormat::interleaved_float32);

Bytes preprocessed(const DecodedImage& picture) {
    Bytes pixels(square_crop.bytes());
    square_crop.preprocess(picture, pixels);
    return pixels;
}

}  // namespace

TEST_CASE("what preprocessing reads is decoded, to the same pixels") {
    for (const char* name : {"photo-420.jpg", "photo-422-progressive.jpg", "cmyk.jpg", "turned-6-II.jpg",
                             "photo-RGB.png", "turned-6-II.png"}) {
        CAPTURE(name);
        const Bytes bytes = golden(name);
        const auto part = decode_needed(bytes, square_crop);
        REQUIRE(part.has_value());
        CHECK(preprocessed(*part) == preprocessed(*decode(bytes)));
    }
}

TEST_CASE("a wide JPEG is decoded without the columns beside the crop") {
    const Preprocessor narrow({.short_side = 53, .image_size = 8}, PixelFormat::interleaved_float32);
    const auto part = decode_needed(golden("photo-444.jpg"), narrow);  // 75×53
    REQUIRE(part.has_value());
    CHECK(part->left_out_before > 0);
    CHECK(part->left_out_before + part->image.width + part->left_out_after == 75);
}

TEST_CASE("a draft has at least the short side that is asked for") {
    const Bytes bytes = golden("photo-420.jpg");  // 75×53
    CHECK(decode_needed(bytes, square_crop, {}, 7)->image.width == 10);
    CHECK(decode_needed(bytes, square_crop, {}, 27)->image.width == 38);
    CHECK(preprocessed(*decode_needed(bytes, square_crop, {}, 28)) == preprocessed(*decode(bytes)));
    CHECK(decode_needed(golden("photo-RGB.png"), square_crop, {}, 7)->image.rgb ==
          decode(golden("photo-RGB.png"))->image.rgb);
}

TEST_CASE("errors and limits are those of the whole picture") {
    const Bytes bytes = golden("photo-420.jpg");
    CHECK(decode_needed(bytes, square_crop, {.max_pixels = 75 * 53 - 1}, 7).error().kind ==
          InputErrorKind::limits);
    for (const Bytes& bad : {Bytes(bytes.begin(), bytes.begin() + 800), bytes_of("Dear diary"), Bytes{}}) {
        const auto needed = decode_needed(bad, square_crop);
        REQUIRE_FALSE(needed.has_value());
        CHECK(needed.error().message == decode(bad).error().message);
    }
}

TEST_CASE("the memory of an earlier JPEG is reused") {
    std::vector<std::uint8_t> memory(100'000, 0xAB);
    const std::uint8_t* start = memory.data();
    const auto decoded = decode_needed(golden("photo-420.jpg"), square_crop, {}, 0, std::move(memory));
    CHECK(decoded->image.rgb.data() == start);
}
