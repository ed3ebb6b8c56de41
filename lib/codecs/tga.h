#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Whether the bytes may be a TGA file. The format has no signature, so this checks that every field of the
/// header has a valid value; try all other formats first.
bool looks_like_tga(std::span<const std::byte> bytes);

/// Decodes a Truevision TGA file: grey, palette or true colour, plain or in runs.
Expected<DecodedImage> decode_tga(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
