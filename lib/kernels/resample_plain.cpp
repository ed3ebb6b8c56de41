#include <algorithm>

#include "kernels/resample_passes.h"

namespace imnet {
namespace {

constexpr std::int32_t half = 1 << (weight_bits - 1);

std::uint8_t to_byte(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> weight_bits, 0, 255));
}

void horizontal_row(const std::uint8_t* in, const AxisWeights& columns, std::uint8_t* out) {
    for (std::size_t x = 0; x < columns.first.size(); ++x) {
        const std::uint8_t* pixel = in + static_cast<std::size_t>(columns.first[x]) * 3;
        std::int32_t red = half;
        std::int32_t green = half;
        std::int32_t blue = half;
        for (const std::int32_t weight : columns.of(x)) {
            red += pixel[0] * weight;
            green += pixel[1] * weight;
            blue += pixel[2] * weight;
            pixel += 3;
        }
        *out++ = to_byte(red);
        *out++ = to_byte(green);
        *out++ = to_byte(blue);
    }
}

}  // namespace

void plain_horizontal_pass(const std::uint8_t* in, int input_width, int rows, const AxisWeights& columns,
                           std::uint8_t* out) {
    for (int y = 0; y < rows; ++y) {
        horizontal_row(in, columns, out);
        in += static_cast<std::size_t>(input_width) * 3;
        out += columns.first.size() * 3;
    }
}

// Short runs of sums that stay in the first cache, so that each input row is read front to back.
void plain_vertical_pass(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
                         std::span<const std::int32_t> weights, std::uint8_t* out) {
    constexpr std::size_t run = 256;
    std::int32_t sums[run];
    for (std::size_t start = 0; start < row_bytes; start += run) {
        const std::size_t length = std::min(run, row_bytes - start);
        std::fill_n(sums, length, half);
        const std::uint8_t* row = in + start;
        for (const std::int32_t weight : weights) {
            for (std::size_t i = 0; i < length; ++i) sums[i] += row[i] * weight;
            row += stride;
        }
        for (std::size_t i = 0; i < length; ++i) out[start + i] = to_byte(sums[i]);
    }
}

}  // namespace imnet
