#include "kernels/winograd.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "kernels/each_target.h"

using namespace imnet;

namespace {

std::vector<const WinogradKernels*> all_kernels() {
    std::vector<const WinogradKernels*> all;
    on_each_target([&] { all.push_back(&fastest_winograd_kernels()); });
    return all;
}

std::vector<float> normal(std::size_t count, double deviation, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> distribution(0, static_cast<float>(deviation));
    std::vector<float> values(count);
    for (float& value : values) value = distribution(random);
    return values;
}

/// A convolution with random numbers; the outputs have a deviation near 1.
struct Sample {
    NhwcImages images;
    int in;
    int out;
    std::vector<float> source;
    std::vector<float> weight;
    std::vector<float> bias;
    std::vector<float> residual;

    Sample(NhwcImages of, int in_channels, int out_channels)
        : images(of),
          in(in_channels),
          out(out_channels),
          source(normal(pixels() * in, 1, 1)),
          weight(normal(static_cast<std::size_t>(out) * in * 9, 1 / std::sqrt(9.0 * in), 2)),
          bias(normal(out, 1, 3)),
          residual(normal(pixels() * out, 1, 4)) {}

    std::size_t pixels() const {
        return static_cast<std::size_t>(images.count) * images.height * images.width;
    }
};

/// Slow and obvious, in double, without the epilogue.
std::vector<double> reference(const Sample& s) {
    const auto [count, height, width] = s.images;
    std::vector<double> sums(s.pixels() * s.out);
    double* sum = sums.data();
    for (int image = 0; image < count; ++image) {
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                for (int k = 0; k < s.out; ++k, ++sum) {
                    *sum = s.bias[k];
                    for (int i = 0; i < 9; ++i) {
                        const int from_y = y + i / 3 - 1;
                        const int from_x = x + i % 3 - 1;
                        if (from_y < 0 || from_y >= height || from_x < 0 || from_x >= width) continue;
                        const float* pixel =
                            &s.source[((static_cast<std::size_t>(image) * height + from_y) * width + from_x) *
                                      s.in];
                        const float* filter = &s.weight[static_cast<std::size_t>(k) * s.in * 9 + i];
                        for (int c = 0; c < s.in; ++c) *sum += static_cast<double>(pixel[c]) * filter[c * 9];
                    }
                }
            }
        }
    }
    return sums;
}

std::vector<float> run(const WinogradConvolution& convolution, const Sample& s,
                       WinogradEpilogue epilogue = {}, int parts = 1) {
    std::vector<float> destination(s.pixels() * s.out, std::numeric_limits<float>::quiet_NaN());
    for (int part = parts - 1; part >= 0; --part) {
        std::vector<float> scratch(convolution.scratch_floats(s.images),
                                   std::numeric_limits<float>::quiet_NaN());
        convolution.run_part(s.source, s.images, destination, epilogue, scratch, part, parts);
    }
    return destination;
}

/// How much larger than those of a direct sum the rounding errors of independent numbers grow: an output
/// is Σ A[i] · (G g)[i] · (B d)[i] over the positions i, whose terms exceed the sum of 9 products.
double amplification(const WinogradKernels& kernels, const WinogradTileKernels& tile) {
    const int side = tile.outputs + 2, lanes = kernels.lanes;
    const auto positions = static_cast<std::size_t>(side * side);
    const auto square = [](float x) { return std::pow(static_cast<double>(x), 2); };
    const std::vector<float> zeros(lanes, 0.0F), ones(lanes, 1.0F);

    std::vector<double> of_inputs(positions);
    for (std::size_t unit = 0; unit < positions; ++unit) {
        std::vector<const float*> pixels(positions, zeros.data());
        pixels[unit] = ones.data();
        std::vector<float> inputs(positions * lanes);
        tile.transform_input(pixels.data(), lanes, inputs.data(), lanes);
        for (std::size_t i = 0; i < positions; ++i) of_inputs[i] += square(inputs[i * lanes]);
    }
    std::vector<double> of_weights(positions);
    for (std::size_t unit = 0; unit < 9; ++unit) {
        std::vector<float> filter(9), weights(positions * kernels.panel);
        filter[unit] = 1;
        tile.transform_weights(filter.data(), 1, 1, weights.data(), kernels.panel);
        for (std::size_t i = 0; i < positions; ++i) of_weights[i] += square(weights[i * kernels.panel]);
    }
    const std::size_t outputs = static_cast<std::size_t>(tile.outputs) * tile.outputs;
    std::vector<double> sums(outputs);
    for (std::size_t unit = 0; unit < positions; ++unit) {
        std::vector<float> products(positions * lanes), pixels(outputs * lanes);
        std::copy(ones.begin(), ones.end(), products.begin() + static_cast<std::ptrdiff_t>(unit) * lanes);
        tile.transform_output(products.data(), lanes, lanes, zeros.data(), nullptr, pixels.data(),
                              static_cast<std::size_t>(tile.outputs) * lanes, lanes, tile.outputs,
                              tile.outputs, false);
        for (std::size_t j = 0; j < outputs; ++j) {
            sums[j] += square(pixels[j * lanes]) * of_weights[unit] * of_inputs[unit];
        }
    }
    return std::sqrt(*std::max_element(sums.begin(), sums.end()) / 9);
}

/// The deviation of the rounding errors where the outputs' is 1. A sum of n terms in which each
/// addition rounds by at most 2⁻²⁴ of the sum so far drifts by √n of them; the transforms add some.
double expected_error(const WinogradKernels& kernels, int in_channels, int outputs) {
    constexpr int transforms = 24;
    const double grown = amplification(kernels, outputs == 2 ? kernels.two : kernels.four);
    return std::sqrt(in_channels + transforms) * std::ldexp(1.0, -24) * grown;
}

void check_near(const std::vector<float>& computed, const std::vector<double>& exact, double error) {
    REQUIRE(computed.size() == exact.size());
    double square = 0;
    double most = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        const double difference = std::fabs(computed[i] - exact[i]);
        square += difference * difference;
        most = std::isnan(difference) ? difference : std::max(most, difference);
    }
    CHECK(std::sqrt(square / static_cast<double>(exact.size())) <= error);
    CHECK(most <= 8 * error);
}

}  // namespace

TEST_CASE("winograd_fits takes 3×3 convolutions with stride and padding 1 and whole vectors of channels") {
    CHECK(winograd_fits(64, 128, 3, 1, 1, 1));
    CHECK(winograd_fits(32, 1024, 3, 1, 1, 1));
    CHECK_FALSE(winograd_fits(64, 64, 1, 1, 1, 1));
    CHECK_FALSE(winograd_fits(64, 64, 3, 2, 1, 1));
    CHECK_FALSE(winograd_fits(64, 64, 3, 1, 0, 1));
    CHECK_FALSE(winograd_fits(64, 64, 3, 1, 1, 32));
    CHECK_FALSE(winograd_fits(3, 64, 3, 1, 1, 1));
    CHECK_FALSE(winograd_fits(64, 48, 3, 1, 1, 1));
}

TEST_CASE("Winograd's method gives the direct sum at every size of image") {
    for (int height = 1; height <= 17; ++height) {
        for (const int width : {height, height * 5 % 17 + 1, 18 - height}) {
            CAPTURE(height);
            CAPTURE(width);
            const Sample sample({(height + width) % 5 + 1, height, width}, 32, 64);
            const std::vector<double> exact = reference(sample);
            for (const WinogradKernels* kernels : all_kernels()) {
                for (const int outputs : {2, 4}) {
                    CAPTURE(kernels->lanes);
                    CAPTURE(outputs);
                    const WinogradConvolution convolution(32, 64, outputs, sample.weight, sample.bias,
                                                          *kernels);
                    check_near(run(convolution, sample), exact, expected_error(*kernels, 32, outputs));
                }
            }
        }
    }
}

TEST_CASE("Winograd's method gives the direct sum with many channels and tiles") {
    for (const auto& [images, in, out] :
         {std::tuple{NhwcImages{1, 43, 50}, 64, 96}, std::tuple{NhwcImages{3, 7, 7}, 512, 32},
          std::tuple{NhwcImages{9, 7, 7}, 32, 256}, std::tuple{NhwcImages{2, 14, 14}, 128, 128}}) {
        const Sample sample(images, in, out);
        const std::vector<double> exact = reference(sample);
        for (const WinogradKernels* kernels : all_kernels()) {
            for (const int outputs : {2, 4}) {
                CAPTURE(kernels->lanes);
                CAPTURE(outputs);
                const WinogradConvolution convolution(in, out, outputs, sample.weight, sample.bias, *kernels);
                check_near(run(convolution, sample), exact, expected_error(*kernels, in, outputs));
            }
        }
    }
}

TEST_CASE("The epilogue adds the residual, then cuts off what is below zero") {
    const Sample sample({2, 9, 6}, 64, 64);
    const std::vector<double> sums = reference(sample);
    for (const WinogradKernels* kernels : all_kernels()) {
        for (const int outputs : {2, 4}) {
            const WinogradConvolution convolution(64, 64, outputs, sample.weight, sample.bias, *kernels);
            for (const bool relu : {false, true}) {
                for (const bool add : {false, true}) {
                    CAPTURE(kernels->lanes);
                    CAPTURE(outputs);
                    CAPTURE(relu);
                    CAPTURE(add);
                    std::vector<double> exact = sums;
                    for (std::size_t i = 0; i < exact.size(); ++i) {
                        if (add) exact[i] += sample.residual[i];
                        if (relu) exact[i] = std::max(exact[i], 0.0);
                    }
                    const WinogradEpilogue epilogue{add ? sample.residual.data() : nullptr, relu};
                    const std::vector<float> apart = run(convolution, sample, epilogue);
                    check_near(apart, exact, expected_error(*kernels, 64, outputs));

                    std::vector<float> in_place = sample.residual;
                    std::vector<float> scratch(convolution.scratch_floats(sample.images));
                    convolution.run(sample.source, sample.images, in_place,
                                    {add ? in_place.data() : nullptr, relu}, scratch);
                    CHECK(in_place == apart);
                }
            }
        }
    }
}

TEST_CASE("ReLU lets NaN through, as PyTorch's does") {
    Sample sample({1, 4, 4}, 32, 32);
    sample.bias[5] = std::numeric_limits<float>::quiet_NaN();
    for (const WinogradKernels* kernels : all_kernels()) {
        const WinogradConvolution convolution(32, 32, 4, sample.weight, sample.bias, *kernels);
        const std::vector<float> computed = run(convolution, sample, {nullptr, true});
        for (std::size_t i = 0; i < computed.size(); ++i) CHECK(std::isnan(computed[i]) == (i % 32 == 5));
    }
}

TEST_CASE("An image's result is the same to the last bit in any batch, place and division of the work") {
    for (const auto& [images, channels] :
         {std::pair{NhwcImages{5, 7, 7}, 96}, {NhwcImages{3, 30, 21}, 64}, {NhwcImages{9, 14, 14}, 32}}) {
        const Sample batch(images, channels, channels);
        for (const WinogradKernels* kernels : all_kernels()) {
            for (const int outputs : {2, 4}) {
                CAPTURE(kernels->lanes);
                CAPTURE(outputs);
                const WinogradConvolution convolution(channels, channels, outputs, batch.weight, batch.bias,
                                                      *kernels);
                const WinogradEpilogue epilogue{nullptr, true};
                const std::vector<float> together = run(convolution, batch, epilogue);
                for (const int parts : {2, 3, 7, 40}) {
                    CHECK(run(convolution, batch, epilogue, parts) == together);
                }
                Sample alone({1, images.height, images.width}, channels, channels);
                const auto floats = static_cast<std::ptrdiff_t>(alone.source.size());
                for (int image = 0; image < images.count; ++image) {
                    std::copy_n(batch.source.begin() + image * floats, floats, alone.source.begin());
                    const std::vector<float> result = run(convolution, alone, epilogue);
                    CHECK(std::equal(result.begin(), result.end(), together.begin() + image * floats));
                }
            }
        }
    }
}

TEST_CASE("threads may run a convolution at once") {
    const Sample sample({2, 14, 14}, 64, 128);
    const WinogradConvolution convolution(64, 128, 4, sample.weight, sample.bias);
    const std::vector<float> expected = run(convolution, sample);

    constexpr int parts = 4;
    std::vector<float> destination(expected.size());
    {
        std::vector<std::jthread> threads;
        for (int part = 0; part < parts; ++part) {
            threads.emplace_back([&, part] {
                std::vector<float> scratch(convolution.scratch_floats(sample.images));
                convolution.run_part(sample.source, sample.images, destination, {}, scratch, part, parts);
            });
        }
    }
    CHECK(destination == expected);
}
