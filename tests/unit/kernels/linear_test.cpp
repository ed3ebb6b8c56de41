#include "kernels/linear.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "kernels/each_target.h"

namespace {

using namespace imnet;

TEST_CASE("a linear layer is W x + b for each image, the same to the last bit for any number of them") {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    const auto draw = [&](std::size_t count) {
        std::vector<float> values(count);
        for (float& value : values) value = normal(random);
        return values;
    };
    for (const int in : {1, 16, 63, 512, 2048}) {
        constexpr int out = 37, images = 5;
        const std::vector<float> x = draw(static_cast<std::size_t>(images) * in), bias = draw(out);
        const std::vector<float> weight = draw(static_cast<std::size_t>(out) * in);
        on_each_target([&] {
            std::vector<float> together(images * out), alone(images * out);
            linear(x.data(), images, in, weight.data(), bias.data(), out, together.data());
            for (int image = 0; image < images; ++image) {
                linear(x.data() + static_cast<std::ptrdiff_t>(image) * in, 1, in, weight.data(), bias.data(),
                       out, alone.data() + static_cast<std::ptrdiff_t>(image) * out);
                for (int o = 0; o < out; ++o) {
                    double sum = bias[o];
                    for (int i = 0; i < in; ++i) sum += double{x[image * in + i]} * weight[o * in + i];
                    // Sums of `in` products of size 1 err by about sqrt(in) · 2^-24 of their size, sqrt(in).
                    CHECK(std::abs(together[image * out + o] - sum) < 4 * 0x1p-24 * (in + 1));
                }
            }
            CHECK(together == alone);
        });
    }
}

}  // namespace
