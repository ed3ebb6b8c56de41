// Pools that average: over a window, and the blur before a stride of anti-aliased nets. Channels last.
#pragma once

#include <cstdint>

#include "kernels/nhwc_images.h"
#include "kernels/pool_window.h"

namespace imnet {

/// The average of those pixels of each window that are within the image, summed in float32: source [count,
/// height, width, channels] → destination [count, rows, columns, channels]. Each window has such a pixel.
/// bfloat16 is rounded once. Writes part `part` of `parts`, 0 ≤ part < parts; parts may run at once.
void average_pool(const float* source, NhwcImages images, int channels, const PoolWindow& window,
                  float* destination, int part = 0, int parts = 1);
void average_pool(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
                  std::uint16_t* destination, int part = 0, int parts = 1);

/// The filter [1 2 1] / 4 along both axes of windows of 3×3 (arXiv:1904.11486). What lies outside of the
/// image is its reflection without the outermost pixel. The rest is as above.
void blur_pool(const float* source, NhwcImages images, int channels, const PoolWindow& window,
               float* destination, int part = 0, int parts = 1);
void blur_pool(const std::uint16_t* source, NhwcImages images, int channels, const PoolWindow& window,
               std::uint16_t* destination, int part = 0, int parts = 1);

}  // namespace imnet
