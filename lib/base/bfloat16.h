#pragma once

#include <bit>
#include <cstdint>

namespace imnet {

/// The bits of the bfloat16 nearest to the value, of two as near the one whose last bit is 0:
/// PyTorch's `tensor.to(torch.bfloat16)`. Past the largest it is infinity; a NaN stays one.
inline std::uint16_t to_bfloat16(float value) {
    constexpr std::uint16_t quiet_nan = 0x7FC0;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    // Adding just under half of the last place that stays carries into it where more than half is cut
    // off, and with that place itself added, also at exactly half where the place is 1.
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    // The carry could make a NaN infinite.
    return value != value ? quiet_nan : static_cast<std::uint16_t>(rounded);
}

/// The value of a bfloat16's bits; of a float, itself.
inline float to_float32(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}
inline float to_float32(float value) { return value; }

}  // namespace imnet
