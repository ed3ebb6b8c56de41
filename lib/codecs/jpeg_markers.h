#pragma once

#include <cstddef>
#include <span>

namespace imnet {

/// What the markers of a JPEG file say beside what libjpeg reads.
struct JpegMarkers {
    std::span<const std::byte> exif;  ///< the TIFF block of the first EXIF segment; empty without one
    int scans = 0;
};

/// Walks from marker to marker (ITU-T T.81, annex B) and stops at the end of the file or at damage.
JpegMarkers read_jpeg_markers(std::span<const std::byte> bytes);

}  // namespace imnet
