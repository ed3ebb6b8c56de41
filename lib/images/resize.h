#pragma once

#include "images/image.h"
#include "images/preprocess.h"

namespace imnet {

/// The part of a resized picture that is wanted: columns left … left + width, rows top … top + height.
struct Window {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;
};

/// What `window` of `image` resized to `width` × `height` holds, byte for byte as Pillow's
/// `Image.resize` computes it (two passes over uint8 with 22-bit fixed-point coefficients). Only
/// the rows and columns that the window needs are computed. The window lies inside the result.
Image resize(const Image& image, int width, int height, Interpolation interpolation, const Window& window);

}  // namespace imnet
