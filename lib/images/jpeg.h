#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "images/decode.h"

namespace imnet {

/// Decodes a JPEG file with libjpeg-turbo as Pillow drives it (accurate integer DCT, smooth
/// upsampling), or, in a build without it, with stb_image: other rounding, no arithmetic coding.
/// Progressive files may have as many scans as real encoders write, not as many as an attacker would.
/// A draft keeps at least `draft_short_side` pixels of the short side; 0 decodes the whole. The pixels
/// take `memory` where it is large enough.
Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                   int draft_short_side = 0, std::vector<std::uint8_t> memory = {});

/// Whether drafts are served; a build without libjpeg-turbo decodes the whole instead.
extern const bool jpeg_has_draft;

/// The largest of 8, 4 and 2 whose part of the picture, ⌈width/scale⌉ × ⌈height/scale⌉, has a short side
/// of at least `short_side` pixels; 1 where none has, or `short_side` is 0.
int jpeg_draft_scale(std::uint32_t width, std::uint32_t height, int short_side);

}  // namespace imnet
