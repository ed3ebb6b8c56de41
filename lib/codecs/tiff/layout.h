// How the pixels of a TIFF file are stored.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include <tiffio.h>

#include "base/errors.h"
#include "codecs/palette.h"

namespace imnet {

/// What the samples of a pixel are.
enum class TiffColor { grey, white_is_zero, palette, rgb, premultiplied_rgb, cmyk, rgb_by_libtiff };

/// The number that a sample is.
enum class TiffNumber { bits, signed_integer, float_32 };

struct TiffLayout {
    TiffColor color = TiffColor::grey;
    TiffNumber number = TiffNumber::bits;
    int bits = 8;     ///< of a sample
    int samples = 1;  ///< of a pixel, alpha and extra ones counted
    bool planes_apart = false;
    Palette palette;  ///< only for TiffColor::palette
};

/// The layout of the first page, if it is one that Pillow reads; else a `format` error that names it. Asks
/// libtiff to turn the YCbCr of JPEG into RGB.
Expected<TiffLayout> read_layout(TIFF* tiff);

}  // namespace imnet
