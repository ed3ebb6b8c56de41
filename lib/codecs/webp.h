#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Decodes a WebP file with libwebp, and of an animation the first frame, with black around it if it does not
/// cover the canvas, as in Pillow. Alpha is dropped. In a build without libwebp every file is a `format`
/// error.
Expected<DecodedImage> decode_webp(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
