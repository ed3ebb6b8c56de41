// Max pools with windows of up to 3×3, channels last. Needs no library.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/nhwc_images.h"
#include "kernels/pool_window.h"

namespace imnet {

/// What is done to each maximum in float32: times `scale`, plus `shift` ([channels] each, or both
/// empty), and cut off below zero. A pre-activation net's first batch norm and ReLU are this.
struct MaxPoolEpilogue {
    std::span<const float> scale;
    std::span<const float> shift;
    bool relu = false;
};

/// What counts outside of the image.
enum class MaxPoolPadding { lowest, zeros };

/// source [count, height, width, channels] → destination [count, rows, columns, channels], which do not
/// overlap. Each window has a pixel of the image. A window with NaN gives NaN, as PyTorch's does. Writes part
/// `part` of `parts`, 0 ≤ part < parts; parts may run at once.
void max_pool(std::span<const float> source, NhwcImages images, int channels, const PoolWindow& window,
              MaxPoolPadding padding, std::span<float> destination, const MaxPoolEpilogue& epilogue = {},
              int part = 0, int parts = 1);

/// The same on bfloat16, each the upper half of a float32; the result is rounded to the nearest, ties to
/// even.
void max_pool(std::span<const std::uint16_t> source, NhwcImages images, int channels,
              const PoolWindow& window, MaxPoolPadding padding, std::span<std::uint16_t> destination,
              const MaxPoolEpilogue& epilogue = {}, int part = 0, int parts = 1);

}  // namespace imnet
