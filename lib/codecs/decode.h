#pragma once

#include <cstddef>
#include <span>

#include "base/errors.h"
#include "codecs/codec.h"

namespace imnet {

/// Decodes JPEG, PNG, WebP, GIF (first frame), BMP, TGA or PNM into the RGB bytes that Pillow's
/// `Image.open(f).convert("RGB")` gives. The bytes decide the format, never a file name.
/// Errors: `format` (not a supported picture), `decode` (damaged or truncated), `limits`.
Expected<DecodedImage> decode(std::span<const std::byte> bytes, const DecodeLimits& limits = {});

}  // namespace imnet
