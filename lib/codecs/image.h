#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace imnet {

/// An 8-bit RGB picture: `rgb` is [height, width, 3], the top row first, without padding.
struct Image {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;

    const std::uint8_t* row(int y) const { return rgb.data() + static_cast<std::size_t>(y) * width * 3; }
    std::uint8_t* row(int y) { return rgb.data() + static_cast<std::size_t>(y) * width * 3; }
};

}  // namespace imnet
