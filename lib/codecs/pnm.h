#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Decodes a PBM, PGM or PPM file, plain (P1 to P3) or raw (P4 to P6), of up to 65535 levels.
Expected<DecodedImage> decode_pnm(std::span<const std::byte> bytes, const DecodeLimits& limits);

}  // namespace imnet
