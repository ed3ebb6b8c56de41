#pragma once

#include <cstdint>
#include <optional>

#include "base/errors.h"
#include "codecs/codec.h"

namespace imnet {

/// Why a picture of the size that its header states is not decoded, if there is a reason: it has no
/// pixels (`decode`), or more than the limit allows (`limits`). Asked before memory is taken.
std::optional<InputError> size_error(std::uint64_t width, std::uint64_t height, const DecodeLimits& limits);

/// Black pixels, width × height × 3. The size has passed `size_error`.
Image blank_image(std::uint64_t width, std::uint64_t height);

}  // namespace imnet
