#pragma once

#include <bit>
#include <cstdint>

namespace imnet {

/// The bits of the value rounded to bfloat16, to nearest, ties to even, as `tensor.to(torch.bfloat16)` of
/// PyTorch rounds. A value that is too large becomes infinity; a NaN stays a NaN.
inline std::uint16_t to_bfloat16(float value) {
    constexpr std::uint16_t quiet_nan = 0x7FC0;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    // The low 16 bits are cut off. Adding 0x7FFF carries into bit 16 if they are more than half of it, and
    // adding bit 16 itself makes exactly half carry if bit 16 is 1 (ties to even).
    const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    // A carry could turn a NaN into infinity.
    return value != value ? quiet_nan : static_cast<std::uint16_t>(rounded);
}

/// The value of a bfloat16; a float is returned unchanged.
inline float to_float32(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}
inline float to_float32(float value) { return value; }

}  // namespace imnet
