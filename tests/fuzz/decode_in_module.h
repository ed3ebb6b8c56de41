#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "codecs/module.h"

namespace imnet::fuzz {

/// Decodes bytes in the module of a format, and checks what every codec promises.
inline void decode_in_module(PictureFormat format, const std::uint8_t* data, std::size_t size) {
    constexpr DecodeLimits limits{.max_pixels = 250'000};
    const auto decoded = imnet::decode_in_module(format, std::as_bytes(std::span(data, size)), limits);
    if (!decoded) {
        if (decoded.error().message.empty()) std::abort();
        return;
    }
    const Image& image = decoded->image;
    const auto pixels = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    if (image.width <= 0 || image.height <= 0 || pixels > limits.max_pixels) std::abort();
    if (image.rgb.size() != pixels * 3 || decoded->orientation < 1 || decoded->orientation > 8) std::abort();
}

}  // namespace imnet::fuzz
