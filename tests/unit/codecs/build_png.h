#pragma once

#include "base/crc32.h"
#include "picture_bytes.h"

namespace imnet::test {

inline std::string png_chunk(std::string_view type, std::string_view data) {
    const std::string checked = std::string(type) + std::string(data);
    return big(data.size(), 4) + checked + big(crc32(bytes_of(checked)), 4);
}

inline std::string png_header(std::uint32_t width, std::uint32_t height, int depth, int color_type) {
    return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", big(width, 4) + big(height, 4) + big(depth, 1) +
                                                       big(color_type, 1) + std::string(3, '\0'));
}

/// zlib data without compression.
inline std::string stored(std::string_view data) {
    return std::string("\x78\x01\x01", 3) + little(data.size(), 2) + little(~data.size(), 2) +
           std::string(data) + std::string(4, '\0');
}

inline const std::string png_end = png_chunk("IEND", "");

}  // namespace imnet::test
