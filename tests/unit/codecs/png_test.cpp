#include "codecs/png.h"

#include <doctest/doctest.h>

#include "build_png.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

InputError error_of(std::string_view bytes) {
    const auto decoded = decode_png(bytes_of(bytes), {});
    REQUIRE_FALSE(decoded.has_value());
    return decoded.error();
}

/// zlib data that inflates to about `size` zeros: a literal, then matches of 258 bytes at distance 1,
/// 13 bits each, in fixed Huffman codes.
std::string bomb(std::size_t size) {
    std::string out = "\x78\x01";
    unsigned bits = 0;
    int count = 0;
    const auto put = [&](unsigned value, int length) {
        bits |= value << count;
        for (count += length; count >= 8; count -= 8, bits >>= 8) out.push_back(static_cast<char>(bits));
    };
    put(0b011, 3);       // the last block, fixed codes
    put(0b00001100, 8);  // literal 0
    for (std::size_t i = 0; i < size; i += 258) {
        put(0b10100011, 8);  // length 258
        put(0, 5);           // distance 1
    }
    return out + std::string(16, '\0');
}

}  // namespace

TEST_CASE("a wrong checksum of a chunk without pixels does not matter") {
    const std::string start = png_header(1, 1, 8, 2);
    const std::string rest = png_chunk("IDAT", stored("\0\1\2\3"sv)) + png_end;
    for (const char* type : {"sPLT", "fcTL", "tEXt", "eXIf"}) {
        std::string chunk = png_chunk(type, "some data");
        chunk.back() ^= 1;
        CHECK(decode_png(bytes_of(start + chunk + rest), {}).has_value());
    }
    std::string unknown = png_chunk("iDAT", "some data");  // perhaps a damaged IDAT
    unknown.back() ^= 1;
    CHECK(error_of(start + unknown + rest).message == "damaged PNG: chunk iDAT fails its checksum");
}

TEST_CASE("a small PNG, written out") {
    const auto decoded =
        decode_png(bytes_of(png_header(2, 1, 8, 2) +
                            png_chunk("IDAT", stored("\0\x01\x02\x03\x04\x05\x06"sv)) + png_end),
                   {});
    REQUIRE(decoded.has_value());
    CHECK(pixel(decoded->image, 0, 0) == 0x010203);
    CHECK(pixel(decoded->image, 1, 0) == 0x040506);
}

TEST_CASE("a flipped bit anywhere is detected") {
    const Bytes whole = golden("type3-4bit-33x21-interlaced.png");
    for (std::size_t i = 8; i < whole.size(); ++i) {
        Bytes damaged = whole;
        damaged[i] ^= std::byte{0x10};
        CAPTURE(i);
        const auto decoded = decode_png(damaged, {});
        CHECK((!decoded || decoded->damage));
        CHECK_FALSE(decode_png(damaged, {.damage = DamagePolicy::refuse}).has_value());
    }
    Bytes damaged = whole;
    damaged[20] ^= std::byte{1};
    CHECK(decode_png(damaged, {}).error().message == "damaged PNG: chunk IHDR fails its checksum");
}

TEST_CASE("a PNG without its end is truncated") {
    const std::string data = png_chunk("IDAT", stored("\0\x01"sv));
    CHECK(error_of(png_header(1, 1, 8, 0) + data).message ==
          "truncated PNG: its last chunk is cut off or missing (0 of 1 rows can be read)");
    CHECK(decode_png(bytes_of(png_header(1, 1, 8, 0) + data + png_end + "left over"), {}).has_value());
}

TEST_CASE("too few pixels are an error") {
    const InputError error =
        error_of(png_header(2, 2, 8, 0) + png_chunk("IDAT", stored("\0\x01\x02\0\x03"sv)) + png_end);
    CHECK(error.kind == InputErrorKind::decode);
    CHECK(error.message == "damaged PNG: not enough pixels (1 of 2 rows can be read)");
}

TEST_CASE("more pixels than stated are accepted, as in Pillow, and not all of them inflated") {
    const std::string header = png_header(1, 1, 8, 0);
    CHECK(decode_png(bytes_of(header + png_chunk("IDAT", stored("\0\x01and more"sv)) + png_end), {})
              .has_value());
    const auto decoded = decode_png(bytes_of(header + png_chunk("IDAT", bomb(50'000'000)) + png_end), {});
    REQUIRE(decoded.has_value());
    CHECK(decoded->damage->pillow_reads);
}

TEST_CASE("invalid headers are refused") {
    const std::string data = png_chunk("IDAT", stored("\0\x01\x02\x03"sv)) + png_end;
    struct Kind {
        int depth, color_type;
    };
    for (const Kind kind : {Kind{3, 0}, {16, 3}, {4, 2}, {8, 1}, {8, 7}, {1, 6}}) {
        CAPTURE(kind.depth);
        CAPTURE(kind.color_type);
        CHECK(error_of(png_header(1, 1, kind.depth, kind.color_type) + data).kind == InputErrorKind::decode);
    }
    CHECK(error_of(png_header(0, 1, 8, 0) + data).kind == InputErrorKind::decode);
    CHECK(error_of("\x89PNG\r\n\x1a\n" + data).message == "damaged PNG: its header is not the first chunk");
    CHECK(error_of(png_header(1, 1, 8, 3) + data).message == "damaged PNG: its palette is missing");
    CHECK(error_of(png_header(1, 1, 8, 0) + png_end).message == "damaged PNG: it holds no pixels");
}

TEST_CASE("a huge size is refused before anything is read") {
    const InputError error =
        error_of(png_header(0xFFFFFFFF, 0xFFFFFFFF, 8, 2) + png_chunk("IDAT", "") + png_end);
    CHECK(error.kind == InputErrorKind::limits);
}

TEST_CASE("an index without a colour is the grey of that number") {
    const auto decoded = decode_png(bytes_of(png_header(2, 1, 8, 3) + png_chunk("PLTE", "\x11\x22\x33") +
                                             png_chunk("IDAT", stored("\0\0\xC8"sv)) + png_end),
                                    {});
    REQUIRE(decoded.has_value());
    CHECK(pixel(decoded->image, 0, 0) == 0x112233);
    CHECK(pixel(decoded->image, 1, 0) == 0xC8C8C8);
}

TEST_CASE("unknown chunks are ignored") {
    CHECK(decode_png(bytes_of(png_header(1, 1, 8, 0) + png_chunk("ABCD", "data") +
                              png_chunk("IDAT", stored("\0\x01"sv)) + png_end),
                     {})
              .has_value());
}

TEST_CASE("the orientation comes with the pixels") {
    CHECK(decode_png(golden("turned-7-MM.png"), {})->orientation == 7);
}
