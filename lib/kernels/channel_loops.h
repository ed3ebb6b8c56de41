// Steps that memory bandwidth limits: the average pool, and batch norms that cannot be folded. Values are
// float32, or bits of bfloat16, which are converted to float32 to compute.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/nhwc_images.h"

namespace imnet {

/// [N, H, W, C] → [N, C], summed in float32 from the first pixel to the last.
void global_average_pool(const float* source, NhwcImages images, int channels, float* destination);
void global_average_pool(const std::uint16_t* source, NhwcImages images, int channels, float* destination);

/// y = x · scale + shift for each channel, then max(y, 0) where `relu`.
void affine(const float* source, NhwcImages images, int channels, const float* scale, const float* shift,
            bool relu, float* destination);
void affine(const std::uint16_t* source, NhwcImages images, int channels, const float* scale,
            const float* shift, bool relu, std::uint16_t* destination);

/// Rounds each value to the nearest bfloat16 and keeps it as float32.
void round_to_bfloat16(float* values, std::size_t count);

/// The values of bfloat16 bits.
void widen_bfloat16(const std::uint16_t* source, std::size_t count, float* destination);

}  // namespace imnet
