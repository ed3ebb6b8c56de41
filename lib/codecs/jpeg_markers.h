#pragma once

#include <cstddef>
#include <span>

namespace imnet {

/// What the markers of a JPEG file say, whoever decodes its pixels.
struct JpegMarkers {
    std::span<const std::byte> exif;  // the first APP1's TIFF block, empty where there is none
    int scans = 0;
    bool ended = false;              // the end-of-image marker is there
    bool huffman_tables_fit = true;  // into their segments, with at most 256 codes each
};

/// Walks from marker to marker (ITU-T T.81, annex B) and stops where the file ends or makes no sense.
JpegMarkers read_jpeg_markers(std::span<const std::byte> bytes);

}  // namespace imnet
