// A JPEG file is a sequence of segments: FF, a code, and for most codes a big-endian length, which includes
// itself, and the data. Entropy-coded data follows a start of scan; in it FF occurs only before 00 (a
// stuffed FF) or D0…D7 (a restart). Bytes between segments are skipped, as libjpeg does.
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

/// The code of the next marker; `fill` at the end of the file.
std::uint8_t next_code(ByteReader& reader, std::span<const std::byte> bytes) {
    const auto rest = bytes.subspan(reader.position());
    const auto marker = std::ranges::find(rest, std::byte{fill});
    reader.skip(static_cast<std::size_t>(marker - rest.begin()));
    std::uint8_t code = fill;
    while (code == fill && reader.remaining() > 0) code = reader.u8();
    return code;
}

}  // namespace

JpegMarkers read_jpeg_markers(std::span<const std::byte> bytes) {
    using namespace std::literals;
    constexpr std::string_view exif_name = "Exif\0\0"sv;
    constexpr std::string_view xmp_name = "http://ns.adobe.com/xap/1.0/\0"sv;
    JpegMarkers markers;
    ByteReader reader(bytes);
    while (reader.remaining() > 0) {
        const std::uint8_t code = next_code(reader, bytes);
        if (stands_alone(code)) continue;
        if (code == end_of_image || code == fill) break;
        const std::size_t length = reader.u16_be();
        if (length < 2) break;
        const auto data = reader.take(length - 2);
        if (reader.overran()) break;
        if (code == start_of_scan) ++markers.scans;
        if (code != app1 || markers.scans > 0) continue;
        if (as_text(data).starts_with(exif_name)) {
            const auto block = data.subspan(exif_name.size());
            markers.exif.insert(markers.exif.end(), block.begin(), block.end());
        } else if (as_text(data).starts_with(xmp_name)) {
            markers.xmp = as_text(data).substr(xmp_name.size());
        }
    }
    return markers;
}

}  // namespace imnet
