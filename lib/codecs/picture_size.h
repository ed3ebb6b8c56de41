#pragma once

#include <cstdint>
#include <optional>

#include "base/errors.h"
#include "codecs/codec.h"

namespace imnet {

/// Why a picture of the size in its header is not decoded, if there is a reason: it has no pixels
/// (`decode`), or more than the limit (`limits`). Decoders check this before they allocate memory.
std::optional<InputError> size_error(std::uint64_t width, std::uint64_t height, const DecodeLimits& limits);

/// The error of a picture whose pixels do not fit in memory.
InputError memory_error();

/// Black pixels, width × height × 3. The size has passed `size_error`.
Image blank_image(std::uint64_t width, std::uint64_t height);

}  // namespace imnet
