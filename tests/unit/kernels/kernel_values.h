// Images for the tests of kernels: values that bfloat16 holds exactly, so that both kinds can be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "base/bfloat16.h"
#include "kernels/nhwc_images.h"

namespace imnet::test {

inline std::vector<float> random_values(std::size_t count, unsigned seed = 7) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values) value = to_float32(to_bfloat16(normal(random)));
    return values;
}

inline std::vector<std::uint16_t> halves(const std::vector<float>& values) {
    std::vector<std::uint16_t> bits;
    for (const float value : values) bits.push_back(to_bfloat16(value));
    return bits;
}

inline std::vector<float> floats(const std::vector<std::uint16_t>& bits) {
    std::vector<float> values;
    for (const std::uint16_t half : bits) values.push_back(to_float32(half));
    return values;
}

struct ImageCase {
    int count, height, width, channels;

    NhwcImages images() const { return {count, height, width}; }
    std::size_t elements() const { return static_cast<std::size_t>(count) * height * width * channels; }
    std::size_t index(int image, int y, int x, int channel) const {
        return ((static_cast<std::size_t>(image) * height + y) * width + x) * channels + channel;
    }
};

}  // namespace imnet::test
