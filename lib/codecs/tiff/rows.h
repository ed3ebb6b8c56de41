#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/tiff/layout.h"

namespace imnet {

/// Turns `pixels` pixels, `layout.samples` samples each in the byte order of this machine, into RGB as
/// Pillow's `convert("RGB")` does. `scratch` has one byte for each sample.
void rgb_from_samples(const TiffLayout& layout, const std::byte* samples, std::size_t pixels,
                      std::span<std::uint8_t> scratch, std::uint8_t* rgb);

/// The bytes of a row of `pixels` pixels with `samples` samples each, padded to whole bytes.
constexpr std::uint64_t bytes_of_row(const TiffLayout& layout, std::uint64_t pixels, std::uint64_t samples) {
    return (pixels * samples * static_cast<std::uint64_t>(layout.bits) + 7) / 8;
}

}  // namespace imnet
