#pragma once

#include <cstddef>
#include <vector>

#include "preprocess/preprocessing.h"

namespace imnet {

/// Images of normally distributed numbers, [count, image_size, image_size, 3] in the pixel format. Every call
/// gives the same numbers.
std::vector<std::byte> random_images(int count, int image_size, PixelFormat format);

}  // namespace imnet
