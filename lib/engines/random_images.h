#pragma once

#include <cstddef>
#include <vector>

#include "preprocess/preprocess.h"

namespace imnet {

/// `count` images of side × side normally distributed numbers, the same at every call, in the format.
std::vector<std::byte> random_images(int count, int side, PixelFormat format);

}  // namespace imnet
