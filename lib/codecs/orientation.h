#pragma once

#include <cstddef>
#include <span>

#include "codecs/image.h"

namespace imnet {

/// The orientation that a TIFF-structured EXIF block states, 1 to 8; 1 where it states none, or
/// where the block is damaged (EXIF 2.32, section 4.6.4; tag 0x0112). `exif` starts at the TIFF
/// header, "II*\0" or "MM\0*". Never reads outside the span.
int exif_orientation(std::span<const std::byte> exif);

/// Where a pixel of the upright picture is found in the stored one: the axes are swapped first, then
/// the stored ones run backwards.
struct Turn {
    bool swap_axes = false;
    bool flip_x = false;  ///< in the stored picture
    bool flip_y = false;
};

/// The turn of an orientation, 1 to 8; of any other number, none.
Turn turn_of(int orientation);

/// The picture as it is meant to be seen, as Pillow's `ImageOps.exif_transpose` makes it.
Image orient(Image image, int orientation);

}  // namespace imnet
