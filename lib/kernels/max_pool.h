// The max-pool of a ResNet's stem: 3×3, stride 2, padding 1, channels last. Needs no library.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/nhwc_images.h"

namespace imnet {

/// Rows or columns that come out where `size` go in.
constexpr int pooled(int size) { return (size - 1) / 2 + 1; }

/// What is done to each maximum in float32: times `scale`, plus `shift` ([channels] each, or both
/// empty), and cut off below zero. A pre-activation net's first batch norm and ReLU are this.
struct MaxPoolEpilogue {
    std::span<const float> scale;
    std::span<const float> shift;
    bool relu = false;
};

/// source [count, height, width, channels] → destination [count, pooled(height), pooled(width),
/// channels], which do not overlap. A window with NaN gives NaN, as PyTorch's does. Writes part
/// `part` of `parts`, 0 ≤ part < parts; parts may run at once.
void max_pool(std::span<const float> source, NhwcImages images, int channels, std::span<float> destination,
              const MaxPoolEpilogue& epilogue = {}, int part = 0, int parts = 1);

/// The same on bfloat16, each the upper half of a float32; the result is rounded to the nearest, ties to
/// even.
void max_pool(std::span<const std::uint16_t> source, NhwcImages images, int channels,
              std::span<std::uint16_t> destination, const MaxPoolEpilogue& epilogue = {}, int part = 0,
              int parts = 1);

}  // namespace imnet
