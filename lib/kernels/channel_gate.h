// Gates: a number between 0 and 1 for each channel of each image, computed from the channels' averages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/nhwc_images.h"

namespace imnet {

/// The two layers of a squeeze-and-excitation (arXiv:1709.01507).
struct SqueezeExcitation {
    std::span<const float> reduce_weight;  ///< [reduced, channels]
    std::span<const float> reduce_bias;    ///< [reduced]
    std::span<const float> weight;         ///< [channels, reduced]
    std::span<const float> bias;           ///< [channels]
};

/// σ(weight · relu(reduce_weight · averages + reduce_bias) + bias): [images, channels] → [images, channels].
void squeeze_excitation_gates(const float* averages, int images, const SqueezeExcitation& layers,
                              float* gates);

/// σ of the convolution of each image's averages with `weight`, of odd size, along the channels, beyond which
/// there are zeros (ECA, arXiv:1910.03151): [images, channels] → [images, channels].
void channel_attention_gates(const float* averages, int images, int channels, std::span<const float> weight,
                             float* gates);

/// What is done with a value times its gate.
struct GateEpilogue {
    bool adds = false;  ///< to what `destination` holds before
    bool relu = false;  ///< then max(y, 0)
};

/// [count, height, width, channels] of source and destination, which do not overlap, with `gates` [count,
/// channels]. Writes part `part` of `parts`, 0 ≤ part < parts; parts may run at once.
void apply_gates(const float* source, NhwcImages images, int channels, const float* gates,
                 GateEpilogue epilogue, float* destination, int part = 0, int parts = 1);

/// The same on bfloat16, each the upper half of a float32; the result is rounded once.
void apply_gates(const std::uint16_t* source, NhwcImages images, int channels, const float* gates,
                 GateEpilogue epilogue, std::uint16_t* destination, int part = 0, int parts = 1);

}  // namespace imnet
