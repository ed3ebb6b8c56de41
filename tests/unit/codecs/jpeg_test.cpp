#include "codecs/jpeg.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

#include "picture_bytes.h"

using namespace imnet;
using namespace imnet::test;

namespace {

InputError error_of(std::span<const std::byte> bytes) {
    const auto decoded = decode_jpeg(bytes, {});
    REQUIRE_FALSE(decoded.has_value());
    return decoded.error();
}

Expected<DecodedImage> decode_part(std::span<const std::byte> bytes, const JpegPart& part,
                                   std::vector<std::uint8_t> memory = {}) {
    auto jpeg = JpegFile::open(bytes, {});
    if (!jpeg) return tl::unexpected(jpeg.error());
    return jpeg->decode(part, std::move(memory));
}

}  // namespace

TEST_CASE("the error of a JPEG that is cut in its only scan says how many rows there are") {
    const Bytes whole = golden("photo-444.jpg");
    const InputError error = error_of(std::span(whole).first(whole.size() * 3 / 4));
    CHECK(error.kind == InputErrorKind::decode);
    CHECK(error.message == "truncated JPEG: 32 of 53 rows");
    CHECK(error_of(std::span(whole).first(100)).message.starts_with("truncated JPEG"));
}

TEST_CASE("the error of a cut progressive JPEG says in which scan") {
    const Bytes whole = golden("photo-422-progressive.jpg");
    const InputError error = error_of(std::span(whole).first(whole.size() - 40));
    CHECK(error.kind == InputErrorKind::decode);
    CHECK(error.message == "truncated JPEG: its data ends in scan 10");
}

TEST_CASE("a scan that a marker ends early is filled, and said to be damaged, or refused") {
    for (const char* name : {"photo-444.jpg", "photo-422-progressive.jpg"}) {
        Bytes bytes = golden(name);
        bytes.resize(bytes.size() / 2);
        bytes.push_back(std::byte{0xFF});
        bytes.push_back(std::byte{0xD9});
        const auto decoded = decode_jpeg(bytes, {});
        REQUIRE(decoded.has_value());
        CHECK(decoded->damage->message == "damaged JPEG: a part of its data is missing");
        CHECK(decoded->damage->pillow_reads);
        const auto refused = decode_jpeg(bytes, {.damage = DamagePolicy::refuse});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().message == decoded->damage->message);
    }
}

TEST_CASE("what is left of a cut JPEG is decoded on request, and the rest is grey, not old memory") {
    const Bytes whole = golden("photo-444.jpg");
    const auto cut = std::span(whole).first(whole.size() / 2);
    const DecodeLimits keep{.damage = DamagePolicy::keep};
    auto jpeg = JpegFile::open(cut, keep);
    const auto first = jpeg->decode({}, std::vector<std::uint8_t>(100'000, 0xAB));
    REQUIRE(first.has_value());
    CHECK(first->damage->message.starts_with("truncated JPEG: "));
    CHECK_FALSE(first->damage->pillow_reads);
    CHECK(decode_jpeg(cut, keep)->image.rgb == first->image.rgb);
}

TEST_CASE("a JPEG with far more scans than encoders write is refused before it is decoded") {
    Bytes bytes = golden("photo-422-progressive.jpg");
    bytes.resize(bytes.size() - 2);
    const Bytes empty_scan = bytes_of({"\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00", 10});
    for (int i = 0; i < 100; ++i) bytes.insert(bytes.end(), empty_scan.begin(), empty_scan.end());
    const InputError error = error_of(bytes);
    CHECK(error.kind == InputErrorKind::limits);
    CHECK(error.message == "JPEG of 110 scans is over the limit of 100");
}

TEST_CASE("the orientation comes with the pixels") {
    CHECK(decode_jpeg(golden("turned-6-II.jpg"), {})->orientation == 6);
    CHECK(decode_jpeg(golden("photo-444.jpg"), {})->orientation == 1);
}

TEST_CASE("unsupported kinds of JPEG are format errors") {
    Bytes bytes = golden("photo-444.jpg");
    for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
        if (bytes[i] == std::byte{0xFF} && bytes[i + 1] == std::byte{0xC0}) bytes[i + 1] = std::byte{0xC3};
    }
    CHECK(error_of(bytes).kind == InputErrorKind::format);
    CHECK_FALSE(decode_jpeg(bytes, {}).has_value());
}

TEST_CASE("a header without a frame is an error") {
    CHECK(error_of(bytes_of({"\xFF\xD8\xFF\xD9", 4})).kind == InputErrorKind::decode);
    CHECK(error_of(bytes_of("\xFF\xD8\xFF")).kind == InputErrorKind::decode);
}

TEST_CASE("a draft has the smallest scale whose short side, rounded up as libjpeg does, is long enough") {
    struct Case {
        int width, height, short_side, scale;
    };
    constexpr Case cases[] = {
        {4000, 3000, 464, 4}, {3000, 4000, 464, 4},    {3712, 9000, 464, 8}, {3705, 9000, 464, 8},
        {3704, 9000, 464, 4}, {1853, 1853, 464, 4},    {1852, 1853, 464, 2}, {927, 927, 464, 2},
        {926, 5000, 464, 1},  {65500, 65500, 464, 8},  {1, 1, 1, 8},         {8, 8, 2, 4},
        {65500, 65500, 0, 1}, {65500, 65500, 65501, 1}};
    for (const Case& draft : cases) {
        CAPTURE(draft.width);
        CAPTURE(draft.height);
        CHECK(jpeg_draft_scale(draft.width, draft.height, draft.short_side) == draft.scale);
    }
}

TEST_CASE("a smaller scale gives a smaller picture, the same orientation, and the same errors") {
    for (const char* name : {"photo-420.jpg", "photo-422-progressive.jpg", "grey.jpg", "cmyk.jpg"}) {
        CAPTURE(name);
        const Bytes bytes = golden(name);  // 75×53
        const auto eighth = decode_part(bytes, {.scale = 8});
        REQUIRE(eighth.has_value());
        CHECK(eighth->image.width == 10);
        CHECK(eighth->image.height == 7);
        CHECK(eighth->image.rgb.size() == 10 * 7 * 3);
        CHECK(decode_part(bytes, {.scale = 2})->image.width == 38);
        CHECK(decode_part(bytes, {.scale = 1})->image.rgb == decode_jpeg(bytes, {})->image.rgb);
        CHECK(decode_part(std::span(bytes).first(bytes.size() / 2), {.scale = 8}).error().kind ==
              InputErrorKind::decode);
    }
    CHECK(decode_part(golden("turned-6-II.jpg"), {.scale = 8})->orientation == 6);
}

TEST_CASE("the header says the stored size and the orientation, and is checked against the limits") {
    const Bytes bytes = golden("photo-420.jpg");
    const auto jpeg = JpegFile::open(bytes, {});
    REQUIRE(jpeg.has_value());
    CHECK(jpeg->width() == 75);
    CHECK(jpeg->height() == 53);
    CHECK(jpeg->orientation() == 1);
    CHECK(JpegFile::open(golden("turned-6-II.jpg"), {})->orientation() == 6);
    CHECK(JpegFile::open(bytes, {.max_pixels = 75 * 53}).has_value());
    CHECK(JpegFile::open(bytes, {.max_pixels = 75 * 53 - 1}).error().kind == InputErrorKind::limits);
}

TEST_CASE("the memory of an earlier picture is reused if it is large enough") {
    for (const char* name : {"photo-420.jpg", "grey.jpg", "cmyk.jpg"}) {
        CAPTURE(name);
        const Bytes bytes = golden(name);  // 75×53
        const Image expected = decode_jpeg(bytes, {})->image;
        for (const std::size_t size : {0, 100, 75 * 53 * 3, 100'000}) {
            std::vector<std::uint8_t> memory(size, 0xAB);
            const std::uint8_t* start = memory.data();
            const auto decoded = decode_part(bytes, {}, std::move(memory));
            CHECK(decoded->image.rgb == expected.rgb);
            if (size >= expected.rgb.size()) CHECK(decoded->image.rgb.data() == start);
        }
    }
}

TEST_CASE("columns that are not needed are left out, and the others do not change") {
    for (const char* name : {"photo-444.jpg", "photo-420.jpg", "photo-422-progressive.jpg", "grey.jpg",
                             "cmyk.jpg", "ycck.jpg", "rgb.jpg", "made-elsewhere-411-restarts.jpg",
                             "made-elsewhere-440.jpg", "made-elsewhere-420-progressive-restarts.jpg",
                             "made-elsewhere-arithmetic.jpg", "turned-6-II.jpg"}) {
        CAPTURE(name);
        const Bytes bytes = golden(name);
        const DecodedImage whole = *decode_jpeg(bytes, {});
        for (int first = 0; first < whole.image.width; ++first) {
            for (int end = first + 1; end <= whole.image.width; end += 3) {
                const auto part = decode_part(bytes, {.columns = ColumnRange{first, end}});
                REQUIRE(part.has_value());
                REQUIRE(part->left_out_before + part->image.width + part->left_out_after ==
                        whole.image.width);
                REQUIRE(part->left_out_before <= first);
                REQUIRE(part->left_out_before + part->image.width >= end);
                for (int y = 0; y < whole.image.height; ++y) {
                    const std::uint8_t* found = part->image.row(y) + (first - part->left_out_before) * 3;
                    const std::uint8_t* expected = whole.image.row(y) + first * 3;
                    REQUIRE(std::equal(found, found + (end - first) * 3, expected));
                }
            }
        }
        const ColumnRange few{0, 1};
        CHECK(decode_part(bytes, {.columns = few})->left_out_after > 0);
        CHECK(decode_part(bytes, {.scale = 8, .columns = few})->left_out_after == 0);
        const auto cut = std::span(bytes).first(bytes.size() * 2 / 3);
        CHECK(decode_part(cut, {.columns = few}).error().message == decode_jpeg(cut, {}).error().message);
    }
}
