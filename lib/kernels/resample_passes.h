// The two passes of `resize`. They give the same bytes on every processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace imnet {

/// How many fractional bits Pillow's fixed-point weights have.
inline constexpr int weight_bits = 32 - 8 - 2;

/// For some outputs along one axis: which inputs each is the weighted sum of.
struct AxisWeights {
    int taps = 0;                       // a multiple of 4, so that weights can be taken four at a time
    std::vector<int> first;             // [outputs], the input that the first weight belongs to
    std::vector<int> count;             // [outputs], at most `taps`
    std::vector<std::int32_t> weights;  // [outputs, taps], zero from `count` on

    std::span<const std::int32_t> of(std::size_t output) const {
        return std::span(weights).subspan(output * taps, static_cast<std::size_t>(count[output]));
    }
};

/// `rows` rows of RGB pixels, one after another: [rows, input_width, 3] → [rows, outputs, 3].
void horizontal_pass(const std::uint8_t* in, int input_width, int rows, const AxisWeights& columns,
                     std::uint8_t* out);

/// One row of `row_bytes` bytes, the weighted sum of the rows that start at `in`, `stride` bytes apart.
void vertical_pass(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
                   std::span<const std::int32_t> weights, std::uint8_t* out);

/// The same as plain loops: for what the others do not take, and what they are tested against.
void plain_horizontal_pass(const std::uint8_t* in, int input_width, int rows, const AxisWeights& columns,
                           std::uint8_t* out);
void plain_vertical_pass(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
                         std::span<const std::int32_t> weights, std::uint8_t* out);

}  // namespace imnet
