#pragma once

#include <bit>
#include <cstdint>

namespace imnet {

/// The value rounded to IEEE 754 binary16, as bits: to nearest, ties to even, as PyTorch's
/// `tensor.to(torch.float16)`. Values of 65520 and more become infinity; a NaN stays a NaN.
inline std::uint16_t to_float16(float value) {
    constexpr std::uint32_t infinity = 0x7C00;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16U) & 0x8000U;
    const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
    std::uint32_t half = infinity;
    if (magnitude > 0x7F800000U) {
        half = 0x7E00;  // quiet NaN
    } else if (magnitude < 0x38800000U) {
        // Subnormal halves are multiples of 2^-24. That is the last place of 0.5, so adding 0.5 makes
        // the processor round to it.
        const float rounded = std::bit_cast<float>(magnitude) + 0.5F;
        half = std::bit_cast<std::uint32_t>(rounded) - 0x3F000000U;
    } else if (magnitude < 0x477FF000U) {
        // As in to_bfloat16, with 13 bits removed and an exponent bias that is smaller by 112.
        const std::uint32_t rounded = (magnitude + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
        half = rounded - (112U << 10U);
    }
    return static_cast<std::uint16_t>(sign | half);
}

}  // namespace imnet
