#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "codecs/codec.h"
#include "preprocess/preprocess.h"

namespace imnet {

/// Decodes what `preprocessor` needs of a picture: of a JPEG only the columns that its crop covers, of other
/// formats all. With `draft_side`, a JPEG is decoded at the smallest scale that leaves the side that is
/// resized (the short one, unless there is a border) at least so long. `memory` is that of an earlier
/// picture; large JPEGs reuse it.
Expected<DecodedImage> decode_needed(std::span<const std::byte> bytes, const Preprocessor& preprocessor,
                                     const DecodeLimits& limits = {}, int draft_side = 0,
                                     std::vector<std::uint8_t> memory = {});

}  // namespace imnet
