#pragma once

#include <bit>
#include <cstdint>

namespace imnet {

/// The bits of the IEEE 754 binary16 nearest to the value, of two as near the one whose last bit is 0:
/// PyTorch's `tensor.to(torch.float16)`. From 65520 on it is infinity; a NaN stays one.
inline std::uint16_t to_float16(float value) {
    constexpr std::uint32_t infinity = 0x7C00;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16U) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    std::uint32_t half = infinity;
    if (magnitude > 0x7F800000U) {
        half = 0x7E00;  // quiet NaN
    } else if (magnitude < 0x38800000U) {
        // Below the smallest normal number, halves are multiples of 2^-24: adding 0.5, whose last place
        // that is, lets the processor round.
        const float rounded = std::bit_cast<float>(magnitude) + 0.5F;
        half = std::bit_cast<std::uint32_t>(rounded) - 0x3F000000U;
    } else if (magnitude < 0x477FF000U) {
        // As in to_bfloat16, with 13 bits cut off and the exponent's bias 112 smaller.
        const std::uint32_t rounded = (magnitude + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
        half = rounded - (112U << 10U);
    }
    return static_cast<std::uint16_t>(sign | half);
}

}  // namespace imnet
