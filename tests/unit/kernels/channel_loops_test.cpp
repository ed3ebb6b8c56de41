#include "kernels/channel_loops.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/bfloat16.h"
#include "kernels/each_target.h"
#include "kernels/kernel_values.h"

namespace {

using namespace imnet;

using test::floats;
using test::halves;
using test::random_values;
using Case = test::ImageCase;

float at(const std::vector<float>& values, const Case& shape, int image, int pixel, int channel) {
    return values[(static_cast<std::size_t>(image) * shape.height * shape.width + pixel) * shape.channels +
                  channel];
}

constexpr Case shapes[] = {{1, 1, 1, 64}, {2, 2, 3, 16}, {3, 7, 5, 8}, {1, 12, 13, 33}, {2, 16, 16, 64}};

TEST_CASE("the global average is that of each channel of each image") {
    for (const Case& shape : shapes) {
        const std::vector<float> source = random_values(shape.elements());
        const std::size_t results = static_cast<std::size_t>(shape.count) * shape.channels;
        on_each_target([&] {
            std::vector<float> result(results), from_halves(results);
            global_average_pool(source.data(), shape.images(), shape.channels, result.data());
            global_average_pool(halves(source).data(), shape.images(), shape.channels, from_halves.data());
            CHECK(from_halves == result);
            for (int image = 0; image < shape.count; ++image) {
                for (int c = 0; c < shape.channels; ++c) {
                    double sum = 0;
                    for (int i = 0; i < shape.height * shape.width; ++i)
                        sum += at(source, shape, image, i, c);
                    const double mean = sum / (shape.height * shape.width);
                    CHECK(std::abs(result[static_cast<std::size_t>(image) * shape.channels + c] - mean) <
                          1e-6);
                }
            }
        });
    }
}

TEST_CASE("an affine scales and shifts each channel, and a ReLU cuts what is below zero") {
    const Case shape{2, 3, 5, 24};
    const std::vector<float> source = random_values(shape.elements());
    const std::vector<float> scale = random_values(24), shift = random_values(24);
    for (const bool relu : {false, true}) {
        on_each_target([&] {
            std::vector<float> result(source.size());
            affine(source.data(), shape.images(), shape.channels, scale.data(), shift.data(), relu,
                   result.data());
            std::vector<std::uint16_t> in_halves(source.size());
            affine(halves(source).data(), shape.images(), shape.channels, scale.data(), shift.data(), relu,
                   in_halves.data());
            for (std::size_t i = 0; i < source.size(); ++i) {
                const double exact = double{source[i]} * scale[i % 24] + shift[i % 24];
                const double expected = relu ? std::max(exact, 0.0) : exact;
                CHECK(std::abs(result[i] - expected) < 1e-6);
                CHECK(std::abs(to_float32(in_halves[i]) - expected) <= std::abs(expected) * 0x1p-8 + 1e-6);
            }
        });
    }
}

TEST_CASE("rounding and widening give the bits that the conversion of one value gives") {
    // Every bfloat16, followed by bits that are less than half of its last place, half and more.
    std::vector<float> values;
    for (std::uint32_t upper = 0; upper <= 0xFFFF; ++upper) {
        for (const std::uint32_t lower : {0U, 1U, 0x7FFFU, 0x8000U, 0x8001U, 0xFFFFU}) {
            values.push_back(std::bit_cast<float>(upper << 16U | lower));
        }
    }
    values.resize(values.size() - 3);  // the last vector is not full
    const std::vector<std::uint16_t> bits = halves(values);
    const auto same_bits = [](const std::vector<float>& x, const std::vector<float>& y) {
        return std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0;
    };
    on_each_target([&] {
        std::vector<float> widened(values.size()), rounded = values;
        widen_bfloat16(bits.data(), bits.size(), widened.data());
        round_to_bfloat16(rounded.data(), rounded.size());
        CHECK(same_bits(widened, floats(bits)));
        CHECK(same_bits(rounded, widened));
    });
}

}  // namespace
