#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace imnet {

/// What the rows of a PNG file depend on.
struct PngShape {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    int pixel_bits = 0;
    bool interlaced = false;
};

/// Rows as they are stored, each after its filter byte, of all passes (W3C PNG, second edition, chapters 7
/// and 8).
struct PngRows {
    std::vector<std::byte> data;  ///< of the full length; rows that could not be read are zero
    std::size_t read = 0;         ///< rows that could be read
    std::size_t all = 0;
};

/// Inflates as many rows as can be read from damaged data, the same rows as Pillow: it inflates row by row,
/// and drops the row at which zlib or the filter byte fails. `raw_deflate` data has no frame of zlib.
PngRows inflate_rows(std::span<const std::span<const std::byte>> chunks, const PngShape& shape,
                     bool raw_deflate);

/// zlib data that holds `data` without compressing it; its checksum is left out.
std::vector<std::byte> stored_in_zlib(std::span<const std::byte> data);

}  // namespace imnet
