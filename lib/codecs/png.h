#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Decodes a PNG file (W3C PNG, second edition), and of an APNG the picture that viewers without animation
/// show. Every chunk's checksum is verified, and the end chunk must exist.
Expected<DecodedImage> decode_png(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
