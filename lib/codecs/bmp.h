#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Whether the bytes start as a Windows or OS/2 bitmap does ("BM" alone also starts texts), with or without
/// its file header.
bool looks_like_bmp(std::span<const std::byte> bytes);

/// Decodes a Windows bitmap, also one without its file header (a DIB, as clipboards and icons hold it;
/// headers of 12 to 124 bytes; 1, 4, 8, 16, 24 or 32 bits; run lengths of 4 and 8 bits; bit masks).
Expected<DecodedImage> decode_bmp(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
