#pragma once

#include "codecs/image.h"

namespace imnet {

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
