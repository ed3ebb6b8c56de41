// The steps that do little with each value and are bound by memory: the average pool and batch norms that
// cannot be folded. Values are float32, or the bits of bfloat16 that are computed with in float32.
#pragma once

#include <cstddef>
#include <cstdint>

namespace imnet {

/// Channels-last images of one size.
struct Activations {
    int images = 1;
    int height = 1;
    int width = 1;
    int channels = 1;

    std::size_t elements() const { return static_cast<std::size_t>(images) * height * width * channels; }
};

/// [N, H, W, C] → [N, C], summed in float32 from the first pixel to the last.
void global_average_pool(const float* source, const Activations& shape, float* destination);
void global_average_pool(const std::uint16_t* source, const Activations& shape, float* destination);

/// y = x · scale + shift for each channel, then max(y, 0) where `relu`.
void affine(const float* source, const Activations& shape, const float* scale, const float* shift, bool relu,
            float* destination);
void affine(const std::uint16_t* source, const Activations& shape, const float* scale, const float* shift,
            bool relu, std::uint16_t* destination);

/// Rounds each value to the nearest bfloat16 and keeps it as float32.
void round_to_bfloat16(float* values, std::size_t count);

/// The values of bfloat16 bits.
void widen_bfloat16(const std::uint16_t* source, std::size_t count, float* destination);

}  // namespace imnet
