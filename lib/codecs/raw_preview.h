#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/codec.h"

namespace imnet {

/// Whether the bytes are a camera's raw file (DNG, NEF, NRW, CR2, CR3, ARW, ORF, RW2, RAF, PEF, SRW).
bool is_camera_raw(std::span<const std::byte> bytes);

/// Decodes the largest JPEG picture inside a camera's raw file, with the orientation that the raw file
/// states.
Expected<DecodedImage> decode_raw_preview(std::span<const std::byte> bytes, const DecodeLimits& limits);

/// How many previews `decode_raw_preview` has decoded in this process, so that a run can say so.
std::uint64_t raw_previews_decoded();

}  // namespace imnet
