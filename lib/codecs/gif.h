#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Decodes the first frame of a GIF file (GIF89a), on the whole screen that it states. A pixel that is
/// transparent has its palette's colour, as in Pillow.
Expected<DecodedImage> decode_gif(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
