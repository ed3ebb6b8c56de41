// The values that every codec takes and returns.
#pragma once

#include <cstdint>

#include "base/errors.h"
#include "codecs/image.h"

namespace imnet {

struct DecodeLimits {
    /// Checked against the size in the header, before memory for the pixels is allocated.
    std::uint64_t max_pixels = 200'000'000;
};

/// Columns first … end of a picture; `end` is not one of them.
struct ColumnRange {
    int first = 0;
    int end = 0;
};

/// Pixels as the file stores them, and how to turn them.
struct DecodedImage {
    Image image;
    int orientation = 1;      ///< EXIF, 1 to 8
    int left_out_before = 0;  ///< columns of the stored picture to the left of `image` that were not decoded
    int left_out_after = 0;   ///< and to its right
};

}  // namespace imnet
