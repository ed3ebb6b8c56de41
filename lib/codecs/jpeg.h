#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/decode.h"

namespace imnet {

/// Decodes a JPEG file with libjpeg-turbo as Pillow drives it (accurate integer DCT, smooth
/// upsampling), or, in a build without it, with stb_image: other rounding, no arithmetic coding.
/// Progressive files may have as many scans as real encoders write, not as many as an attacker would.
Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                   JpegOptions options = {});

/// Whether JpegOptions are served; a build without libjpeg-turbo ignores them.
extern const bool jpeg_has_options;

/// The largest of 8, 4 and 2 whose part of the picture, ⌈width/scale⌉ × ⌈height/scale⌉, has a short side
/// of at least `short_side` pixels; 1 where none has, or `short_side` is 0.
int jpeg_draft_scale(std::uint32_t width, std::uint32_t height, int short_side);

}  // namespace imnet
