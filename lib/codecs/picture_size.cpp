#include "codecs/picture_size.h"

#include <fmt/format.h>

#include <limits>

namespace imnet {

std::optional<InputError> size_error(std::uint64_t width, std::uint64_t height, const DecodeLimits& limits) {
    if (width == 0 || height == 0) {
        return InputError{InputErrorKind::decode,
                          fmt::format("damaged header: a picture of {}×{} has no pixels", width, height)};
    }
    // Sides have 32 bits in every format, so the product of two sides below 2³² cannot overflow.
    constexpr std::uint64_t longest_side = std::numeric_limits<int>::max();
    if (width > longest_side || height > longest_side || width * height > limits.max_pixels) {
        return InputError{InputErrorKind::limits,
                          fmt::format("picture of {}×{} is over the limit of {:g} megapixels: raise it with "
                                      "--max-megapixels",
                                      width, height, static_cast<double>(limits.max_pixels) / 1e6)};
    }
    return std::nullopt;
}

InputError memory_error() { return {InputErrorKind::limits, "not enough memory to decode this picture"}; }

Image blank_image(std::uint64_t width, std::uint64_t height) {
    return {static_cast<int>(width), static_cast<int>(height), std::vector<std::uint8_t>(width * height * 3)};
}

}  // namespace imnet
