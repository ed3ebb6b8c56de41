#include "kernels/grouped_convolution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/each_target.h"

namespace {

using namespace imnet;

struct Layer {
    int channels, groups, stride;
};

std::vector<float> draw(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    for (float& value : values) value = normal(random);
    return values;
}

double direct(const Layer& layer, NhwcImages images, const std::vector<float>& source,
              const std::vector<float>& weight, int image, int y, int x, int channel) {
    const int width = layer.channels / layer.groups, first = channel / width * width;
    double sum = 0;
    for (int tap = 0; tap < 9; ++tap) {
        const int row = y * layer.stride + tap / 3 - 1, column = x * layer.stride + tap % 3 - 1;
        if (row < 0 || column < 0 || row >= images.height || column >= images.width) continue;
        for (int in = 0; in < width; ++in) {
            const std::size_t pixel =
                (static_cast<std::size_t>(image) * images.height + row) * images.width + column;
            sum += double{source[pixel * layer.channels + first + in]} *
                   weight[(channel * width + in) * 9 + tap];
        }
    }
    return sum;
}

constexpr Layer layers[] = {{16, 4, 1}, {24, 6, 2}, {32, 4, 1}, {64, 4, 2}, {64, 2, 1}};
constexpr NhwcImages sizes[] = {{1, 1, 1}, {2, 3, 2}, {1, 7, 7}, {2, 9, 13}, {1, 14, 20}};

TEST_CASE("a grouped convolution is the sum over its group's channels under the kernel") {
    for (const Layer& layer : layers) {
        REQUIRE(grouped_fits(layer.channels, layer.channels, 3, layer.stride, 1, layer.groups));
        const int width = layer.channels / layer.groups;
        const std::vector<float> weight = draw(static_cast<std::size_t>(layer.channels) * width * 9, 1);
        const std::vector<float> bias = draw(static_cast<std::size_t>(layer.channels), 2);
        const GroupedConvolution convolution(layer.channels, layer.groups, layer.stride, weight, bias);
        for (const NhwcImages& images : sizes) {
            const int height_out = (images.height - 1) / layer.stride + 1,
                      width_out = (images.width - 1) / layer.stride + 1;
            const std::vector<float> source = draw(
                static_cast<std::size_t>(images.count) * images.height * images.width * layer.channels, 3);
            on_each_target([&] {
                std::vector<float> whole(static_cast<std::size_t>(images.count) * height_out * width_out *
                                         layer.channels);
                std::vector<float> in_parts(whole.size()), cut(whole.size());
                convolution.run(source, images, whole, false);
                convolution.run(source, images, cut, true);
                for (const int part : {2, 0, 1}) convolution.run(source, images, in_parts, false, part, 3);
                CHECK(in_parts == whole);
                std::size_t i = 0;
                for (int image = 0; image < images.count; ++image)
                    for (int y = 0; y < height_out; ++y)
                        for (int x = 0; x < width_out; ++x)
                            for (int c = 0; c < layer.channels; ++c, ++i) {
                                const double expected =
                                    direct(layer, images, source, weight, image, y, x, c) + bias[c];
                                // 9 · width products of size 1, each rounded by at most 2^-24 of the sum.
                                REQUIRE(std::abs(whole[i] - expected) < 9 * width * 0x1p-24 * 10);
                                REQUIRE(cut[i] == std::max(whole[i], 0.0F));
                            }
            });
        }
    }
}

TEST_CASE("other convolutions are left to others") {
    CHECK_FALSE(grouped_fits(64, 64, 3, 1, 1, 1));
    CHECK_FALSE(grouped_fits(64, 128, 3, 1, 1, 16));
    CHECK_FALSE(grouped_fits(64, 64, 1, 1, 0, 16));
    CHECK_FALSE(grouped_fits(24, 24, 3, 1, 1, 4));
}

}  // namespace
