#include "codecs/png_rows.h"

#include <doctest/doctest.h>

#include "build_png.h"

using namespace imnet;
using namespace imnet::test;
using namespace std::literals;

namespace {

PngRows rows_of(std::string_view zlib_data, const PngShape& shape) {
    const Bytes bytes = bytes_of(zlib_data);
    const std::span<const std::byte> chunk(bytes);
    return inflate_rows(std::span(&chunk, 1), shape, false);
}

}  // namespace

TEST_CASE("whole rows are kept, and the rest is zero") {
    const PngShape shape{.width = 2, .height = 3, .pixel_bits = 8};
    const std::string data = stored("\0ab\0cd\0e"sv);  // its checksum is wrong, which is met in the third row
    const PngRows rows = rows_of(data, shape);
    CHECK(rows.all == 3);
    CHECK(rows.read == 2);
    CHECK(rows.data == bytes_of("\0ab\0cd\0\0\0"sv));
    CHECK(rows_of("no zlib data", shape).read == 0);
    CHECK(rows_of("\x78\xBB\0\0\0\1and a dictionary"sv, shape).read == 0);
    CHECK(rows_of("", shape).data == Bytes(9));
}

TEST_CASE("a filter that PNG does not have ends the rows") {
    const PngRows rows = rows_of(stored("\1ab\5cd\0ef more"sv), {.width = 2, .height = 3, .pixel_bits = 8});
    CHECK(rows.read == 1);
}

TEST_CASE("interlaced rows are those of the seven passes that have pixels") {
    CHECK(rows_of("", {.width = 1, .height = 1, .pixel_bits = 1, .interlaced = true}).all == 1);
    const PngRows rows = rows_of("", {.width = 8, .height = 8, .pixel_bits = 8, .interlaced = true});
    CHECK(rows.all == 1 + 1 + 1 + 2 + 2 + 4 + 4);
    CHECK(rows.data.size() == 64 + rows.all);
}

TEST_CASE("stored data comes back, whatever its length") {
    for (const std::uint32_t width : {1U, 65534U, 65535U, 200'000U}) {
        Bytes row(width + std::size_t{1}, std::byte{7});
        row[0] = std::byte{0};
        Bytes packed = stored_in_zlib(row);
        packed.resize(packed.size() - 4);  // without a checksum there is no wrong one
        const std::span<const std::byte> chunk(packed);
        const PngRows rows =
            inflate_rows(std::span(&chunk, 1), {.width = width, .height = 1, .pixel_bits = 8}, false);
        CHECK(rows.read == 1);
        CHECK(rows.data == row);
    }
}
