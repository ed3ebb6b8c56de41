#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Decodes a WebP file with libwebp; of an animation the first frame, on black where it does not cover
/// the canvas, as Pillow shows it. Alpha is dropped. In a build without libwebp every file is a
/// `format` error.
Expected<DecodedImage> decode_webp(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
