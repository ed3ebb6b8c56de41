#pragma once

#include <cstdint>

#include "codecs/image.h"

namespace imnet::test {

/// A picture whose red is the column, green the row, and blue 255.
inline Image gradient(int width, int height) {
    Image image{width, height, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.rgb.insert(image.rgb.end(),
                             {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 255});
        }
    }
    return image;
}

}  // namespace imnet::test
