// A JPEG file is a row of segments: FF, a code, and for most codes a big-endian length, which counts
// itself, and the data. After a start of scan comes entropy-coded data, in which FF stands only before
// 00 (a stuffed FF) or D0…D7 (a restart). Bytes between segments are skipped, as libjpeg skips them.
#include "codecs/jpeg_markers.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/byte_reader.h"
#include "base/bytes.h"

namespace imnet {
namespace {

enum Code : std::uint8_t {
    stuffed_byte = 0x00,
    temporary = 0x01,
    huffman_tables = 0xC4,
    first_restart = 0xD0,
    start_of_image = 0xD8,
    end_of_image = 0xD9,
    start_of_scan = 0xDA,
    app1 = 0xE1,
    fill = 0xFF,
};

bool stands_alone(std::uint8_t code) {
    return code == stuffed_byte || code == temporary || (code >= first_restart && code <= start_of_image);
}

/// The code of the next marker, `fill` at the end of the file.
std::uint8_t next_code(ByteReader& reader, std::span<const std::byte> bytes) {
    const auto rest = bytes.subspan(reader.position());
    const auto marker = std::ranges::find(rest, std::byte{fill});
    reader.skip(static_cast<std::size_t>(marker - rest.begin()));
    std::uint8_t code = fill;
    while (code == fill && reader.remaining() > 0) code = reader.u8();
    return code;
}

/// Whether the segment is a row of tables: class and number, 16 counts, and as many values.
bool tables_fit(std::span<const std::byte> data) {
    ByteReader reader(data);
    while (reader.remaining() > 0) {
        reader.skip(1);
        std::size_t values = 0;
        for (int length = 1; length <= 16; ++length) values += reader.u8();
        reader.skip(values);
        if (reader.overran() || values > 256) return false;
    }
    return true;
}

}  // namespace

JpegMarkers read_jpeg_markers(std::span<const std::byte> bytes) {
    using namespace std::literals;
    constexpr std::string_view exif_name = "Exif\0\0"sv;
    JpegMarkers markers;
    ByteReader reader(bytes);
    while (reader.remaining() > 0) {
        const std::uint8_t code = next_code(reader, bytes);
        if (stands_alone(code)) continue;
        if (code == end_of_image) markers.ended = true;
        if (code == end_of_image || code == fill) break;
        const std::size_t length = reader.u16_be();
        if (length < 2) break;
        const auto data = reader.take(length - 2);
        if (reader.overran()) break;
        if (code == start_of_scan) ++markers.scans;
        if (code == huffman_tables && !tables_fit(data)) markers.huffman_tables_fit = false;
        if (code == app1 && markers.exif.empty() && as_text(data).starts_with(exif_name)) {
            markers.exif = data.subspan(exif_name.size());
        }
    }
    return markers;
}

}  // namespace imnet
