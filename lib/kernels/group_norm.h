#pragma once

#include <cstdint>
#include <span>

#include "kernels/nhwc_images.h"

namespace imnet {

/// Norms over the values of one image and group of channels.
struct GroupNorm {
    int groups = 32;
    float eps = 1e-5F;
    std::span<const float> weight;  ///< [channels]
    std::span<const float> bias;    ///< [channels]
    std::span<const float> gate;    ///< the `v` of EvoNorm-S0, [channels]; empty for a group norm
    bool adds = false;              ///< to what `destination` holds before
    bool relu = false;
};

/// [count, height, width, channels] of both, which may be the same memory unless `adds`. A group norm is
/// weight · (x − mean) / √(variance + eps) + bias, EvoNorm-S0 (arXiv:2004.02967) weight · x · σ(gate · x) /
/// √(variance + eps) + bias; then comes the sum, then max(y, 0). Writes part `part` of `parts`, 0 ≤ part <
/// parts, some of the groups; parts may run at once, and do not change the result.
void group_norm(const float* source, NhwcImages images, int channels, const GroupNorm& norm,
                float* destination, int part = 0, int parts = 1);

/// The same on bfloat16, each the upper half of a float32; the result is rounded once.
void group_norm(const std::uint16_t* source, NhwcImages images, int channels, const GroupNorm& norm,
                std::uint16_t* destination, int part = 0, int parts = 1);

}  // namespace imnet
