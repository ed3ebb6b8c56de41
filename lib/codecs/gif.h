#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Decodes the first frame of a GIF file (GIF89a), on the whole screen of its header. A transparent pixel has
/// the colour of its palette entry, as in Pillow.
Expected<DecodedImage> decode_gif(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
