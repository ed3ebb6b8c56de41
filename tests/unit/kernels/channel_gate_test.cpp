#include "kernels/channel_gate.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/each_target.h"
#include "kernels/kernel_values.h"

namespace {

using namespace imnet;
using test::floats;
using test::halves;
using test::ImageCase;
using test::random_values;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST_CASE("the gates of a squeeze-and-excitation are two layers over the averages") {
    constexpr int images = 3, channels = 40, reduced = 6;
    const std::vector<float> averages = random_values(images * channels, 1);
    const std::vector<float> reduce = random_values(reduced * channels, 2), reduce_bias = random_values(6, 3);
    const std::vector<float> expand = random_values(channels * reduced, 4), bias = random_values(channels, 5);
    on_each_target([&] {
        std::vector<float> gates(images * channels);
        squeeze_excitation_gates(averages.data(), images, {reduce, reduce_bias, expand, bias}, gates.data());
        for (int image = 0; image < images; ++image) {
            for (int c = 0; c < channels; ++c) {
                double logit = bias[c];
                for (int i = 0; i < reduced; ++i) {
                    double between = reduce_bias[i];
                    for (int from = 0; from < channels; ++from)
                        between += reduce[i * channels + from] * averages[image * channels + from];
                    logit += expand[c * reduced + i] * std::max(between, 0.0);
                }
                CHECK(gates[image * channels + c] == doctest::Approx(sigmoid(logit)).epsilon(1e-5));
            }
        }
    });
}

TEST_CASE("the gates of a channel attention are a convolution along the channels, padded by zeros") {
    constexpr int images = 2, channels = 33;
    const std::vector<float> averages = random_values(images * channels, 1), weight = random_values(5, 2);
    on_each_target([&] {
        std::vector<float> gates(images * channels);
        channel_attention_gates(averages.data(), images, channels, weight, gates.data());
        for (int image = 0; image < images; ++image) {
            for (int c = 0; c < channels; ++c) {
                double logit = 0;
                for (int i = 0; i < 5; ++i) {
                    const int at = c + i - 2;
                    if (at >= 0 && at < channels) logit += weight[i] * averages[image * channels + at];
                }
                CHECK(gates[image * channels + c] == doctest::Approx(sigmoid(logit)).epsilon(1e-5));
            }
        }
    });
}

TEST_CASE("a gate scales its channel; the sum and the ReLU come after") {
    for (const ImageCase& shape : {ImageCase{2, 3, 5, 24}, ImageCase{1, 2, 2, 35}, ImageCase{3, 1, 1, 64}}) {
        const std::vector<float> source = random_values(shape.elements(), 1);
        const std::vector<float> before = random_values(shape.elements(), 2);
        std::vector<float> gates = random_values(static_cast<std::size_t>(shape.count) * shape.channels, 3);
        for (const GateEpilogue epilogue :
             {GateEpilogue{false, false}, {false, true}, {true, false}, {true, true}}) {
            CAPTURE(epilogue.adds);
            CAPTURE(epilogue.relu);
            const std::size_t of_an_image = source.size() / shape.count;
            std::vector<float> expected(source.size());
            for (std::size_t i = 0; i < source.size(); ++i) {
                // A product of two bfloat16 is exact in float32.
                expected[i] = source[i] * gates[i / of_an_image * shape.channels + i % shape.channels];
                if (epilogue.adds) expected[i] += before[i];
                if (epilogue.relu) expected[i] = std::max(expected[i], 0.0F);
            }
            for (const int parts : {1, 2, 3}) {
                on_each_target([&] {
                    std::vector<float> got = before;
                    std::vector<std::uint16_t> in_halves = halves(before);
                    for (int part = 0; part < parts; ++part) {
                        apply_gates(source.data(), shape.images(), shape.channels, gates.data(), epilogue,
                                    got.data(), part, parts);
                        apply_gates(halves(source).data(), shape.images(), shape.channels, gates.data(),
                                    epilogue, in_halves.data(), part, parts);
                    }
                    CHECK(got == expected);
                    CHECK(in_halves == halves(expected));
                });
            }
        }
    }
}

}  // namespace
