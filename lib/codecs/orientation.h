#pragma once

#include <cstddef>
#include <span>

#include "codecs/image.h"

namespace imnet {

/// The orientation in an EXIF block, 1 to 8; 1 if it has none or is damaged (EXIF 2.32, section 4.6.4; tag
/// 0x0112). `exif` starts at the TIFF header, "II*\0" or "MM\0*". Never reads outside the span.
int exif_orientation(std::span<const std::byte> exif);

/// Where a pixel of the upright picture is in the stored one: first swap the axes, then flip those of the
/// stored picture.
struct Turn {
    bool swap_axes = false;
    bool flip_x = false;  ///< in the stored picture
    bool flip_y = false;
};

/// The turn of an orientation, 1 to 8. Other numbers give no turn.
Turn turn_of(int orientation);

/// The upright picture, as Pillow's `ImageOps.exif_transpose` makes it.
Image orient(Image image, int orientation);

}  // namespace imnet
