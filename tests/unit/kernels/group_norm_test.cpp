#include "kernels/group_norm.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/each_target.h"
#include "kernels/kernel_values.h"

namespace {

using namespace imnet;
using test::floats;
using test::halves;
using test::ImageCase;
using test::random_values;

/// Tensors of a norm, and what it does.
struct NormCase {
    NormCase(int channels, int groups, bool evo)
        : weight(random_values(channels, 1)), bias(random_values(channels, 2)) {
        if (evo) gate = random_values(channels, 3);
        norm = {.groups = groups, .eps = 1e-5F, .weight = weight, .bias = bias, .gate = gate};
    }

    std::vector<float> weight, bias, gate;
    GroupNorm norm;
};

/// Slow and obvious, in double. `added` is what the destination holds before.
std::vector<double> reference(const std::vector<float>& source, const ImageCase& shape, const GroupNorm& norm,
                              const std::vector<float>& added) {
    const int size = shape.channels / norm.groups, pixels = shape.height * shape.width;
    std::vector<double> out(source.size());
    for (int image = 0; image < shape.count; ++image) {
        for (int group = 0; group < norm.groups; ++group) {
            double mean = 0, variance = 0;
            const auto for_each_index = [&](const auto& call) {
                for (int pixel = 0; pixel < pixels; ++pixel)
                    for (int c = group * size; c < (group + 1) * size; ++c)
                        call(shape.index(image, 0, pixel, c), c);
            };
            for_each_index([&](std::size_t i, int) { mean += source[i] / double{pixels * size * 1.0}; });
            for_each_index([&](std::size_t i, int) {
                variance += (source[i] - mean) * (source[i] - mean) / (pixels * size * 1.0);
            });
            for_each_index([&](std::size_t i, int c) {
                const double x = source[i];
                const double from =
                    norm.gate.empty() ? x - mean : x / (1 + std::exp(-double{norm.gate[c]} * x));
                double y = norm.weight[c] * from / std::sqrt(variance + norm.eps) + norm.bias[c];
                if (norm.adds) y += added[i];
                out[i] = norm.relu ? std::max(y, 0.0) : y;
            });
        }
    }
    return out;
}

void check_near(const std::vector<float>& got, const std::vector<double>& expected, double relative,
                double absolute) {
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
        if (!(std::abs(got[i] - expected[i]) <= std::abs(expected[i]) * relative + absolute)) ++wrong;
    CHECK(wrong == 0);
}

constexpr ImageCase shapes[] = {{1, 1, 1, 64}, {2, 3, 5, 16}, {1, 4, 4, 33}, {2, 20, 13, 192}, {1, 7, 9, 96}};

TEST_CASE("a group norm and an EvoNorm normalise each image and group of channels") {
    for (const ImageCase& shape : shapes) {
        for (const int groups : {1, 3, 16}) {
            if (shape.channels % groups != 0) continue;
            const std::vector<float> source = random_values(shape.elements());
            const std::vector<float> added = random_values(shape.elements(), 4);
            for (const int kind : {0, 1, 2, 3, 4, 5, 6, 7}) {
                NormCase tried(shape.channels, groups, (kind & 1) != 0);
                tried.norm.adds = (kind & 2) != 0;
                tried.norm.relu = (kind & 4) != 0;
                CAPTURE(shape.channels);
                CAPTURE(groups);
                CAPTURE(kind);
                const std::vector<double> expected = reference(source, shape, tried.norm, added);
                on_each_target([&] {
                    std::vector<float> got = added;
                    group_norm(source.data(), shape.images(), shape.channels, tried.norm, got.data());
                    check_near(got, expected, 1e-5, 1e-5);
                    std::vector<std::uint16_t> in_halves = halves(added);
                    group_norm(halves(source).data(), shape.images(), shape.channels, tried.norm,
                               in_halves.data());
                    check_near(floats(in_halves), expected, 0x1p-8, 1e-5);
                });
            }
        }
    }
}

TEST_CASE("a group norm keeps its digits where the mean is large beside the deviation") {
    const ImageCase shape{1, 40, 40, 32};
    std::vector<float> source = random_values(shape.elements());
    for (float& value : source) value = value / 16 + 200;
    const NormCase tried(32, 4, false);
    const std::vector<double> expected = reference(source, shape, tried.norm, {});
    on_each_target([&] {
        std::vector<float> got(source.size());
        group_norm(source.data(), shape.images(), 32, tried.norm, got.data());
        // x · scale and the mean · scale are 3200 times the weight, and are rounded before they cancel.
        check_near(got, expected, 0, 3 * 3200 * 0x1p-23);
    });
}

TEST_CASE("a group norm may overwrite its source, and parts together are the whole") {
    const ImageCase shape{2, 30, 30, 320};  // more than is done at a time
    const std::vector<float> source = random_values(shape.elements());
    const NormCase tried(320, 32, false);
    std::vector<float> whole(source.size());
    group_norm(source.data(), shape.images(), 320, tried.norm, whole.data());
    for (const int parts : {1, 2, 5}) {
        std::vector<float> in_place = source;
        for (int part = parts - 1; part >= 0; --part)
            group_norm(in_place.data(), shape.images(), 320, tried.norm, in_place.data(), part, parts);
        CHECK(in_place == whole);
    }
}

TEST_CASE("an EvoNorm of large numbers stays finite, and NaN stays NaN") {
    NormCase tried(16, 1, true);
    std::vector<float> source = random_values(16);
    source[3] = 1e10F;
    source[4] = -1e10F;
    on_each_target([&] {
        std::vector<float> got(16);
        group_norm(source.data(), {1, 1, 1}, 16, tried.norm, got.data());
        CHECK(std::ranges::all_of(got, [](float y) { return std::isfinite(y); }));
        std::vector<float> broken = source;
        broken[0] = std::numeric_limits<float>::quiet_NaN();
        group_norm(broken.data(), {1, 1, 1}, 16, tried.norm, got.data());
        CHECK(std::ranges::all_of(got, [](float y) { return std::isnan(y); }));
    });
}

}  // namespace
