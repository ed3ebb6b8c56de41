#pragma once

#include <cstddef>
#include <span>

#include "images/decode.h"

namespace imnet {

/// Decodes a JPEG file with libjpeg-turbo as Pillow drives it (accurate integer DCT, smooth
/// upsampling), or, in a build without it, with stb_image: other rounding, no arithmetic coding.
/// Progressive files may have as many scans as real encoders write, not as many as an attacker would.
Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
