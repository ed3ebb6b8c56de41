#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace imnet {

/// What the markers of a JPEG file say beside what libjpeg reads.
struct JpegMarkers {
    std::vector<std::byte> exif;  ///< the EXIF segments before the first scan, joined; empty without one
    std::string_view xmp;         ///< the last XMP packet before the first scan, in the bytes of the file
    int scans = 0;
};

/// Walks from marker to marker (ITU-T T.81, annex B) and stops at the end of the file or at damage.
JpegMarkers read_jpeg_markers(std::span<const std::byte> bytes);

}  // namespace imnet
