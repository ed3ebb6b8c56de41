#include "training/mixing.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "base/split_mix.h"

namespace imnet {
namespace {

/// Calls mix_one(row, previous row) for each row of [count, …] values; the previous row is unchanged then.
template <typename MixOne>
void with_row_before(std::span<float> values, int count, const MixOne& mix_one) {
    const std::size_t length = values.size() / static_cast<std::size_t>(count);
    const auto last = values.last(length);
    const std::vector<float> before_first(last.begin(), last.end());
    for (std::size_t i = static_cast<std::size_t>(count) - 1; i > 0; --i)
        mix_one(values.subspan(i * length, length), values.subspan((i - 1) * length, length));
    mix_one(values.first(length), before_first);
}

/// before · (1 - lambda) + row · lambda, rounded as PyTorch's mul_ and add_ round it.
void interpolate(std::span<float> values, int count, double lambda) {
    const auto of_row = static_cast<float>(lambda);
    const auto of_before = static_cast<float>(1.0 - lambda);
    with_row_before(values, count, [&](std::span<float> row, std::span<const float> before) {
        for (std::size_t i = 0; i < row.size(); ++i) row[i] = before[i] * of_before + row[i] * of_row;
    });
}

double draw_normal(SplitMix64& random) {
    const double radius = std::sqrt(-2 * std::log(random.fraction()));
    return radius * std::cos(2 * std::numbers::pi * random.fraction());
}

/// The logarithm of a random number from Gamma(shape, 1), because for a small shape the number itself may be
/// too small for a double. By Marsaglia and Tsang's method for shape + 1, scaled down.
double draw_log_gamma(double shape, SplitMix64& random) {
    const double d = shape + 1 - 1.0 / 3;
    const double c = 1 / std::sqrt(9 * d);
    while (true) {
        const double x = draw_normal(random);
        const double root = 1 + c * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (std::log(random.fraction()) < x * x / 2 + d - d * v + d * std::log(v))
            return std::log(d * v) + std::log(random.fraction()) / shape;
    }
}

double draw_beta(double alpha, SplitMix64& random) {
    const double one = draw_log_gamma(alpha, random);
    const double other = draw_log_gamma(alpha, random);
    return 1 / (1 + std::exp(other - one));
}

}  // namespace

void mix_up(const Batch& batch, double lambda) {
    interpolate(batch.pictures, batch.count, lambda);
    interpolate(batch.targets, batch.count, lambda);
}

void cut_mix(const Batch& batch, const Box& box) {
    assert(batch.pictures.size() == std::size_t{3} * batch.count * batch.side * batch.side);
    with_row_before(batch.pictures, batch.count,
                    [&](std::span<float> picture, std::span<const float> before) {
                        for (int y = box.top; y < box.bottom; ++y) {
                            const auto start = (static_cast<std::size_t>(y) * batch.side + box.left) * 3;
                            const auto length = static_cast<std::size_t>(box.right - box.left) * 3;
                            std::ranges::copy(before.subspan(start, length), picture.subspan(start).begin());
                        }
                    });
    const double covered = static_cast<double>(box.right - box.left) * (box.bottom - box.top);
    interpolate(batch.targets, batch.count, 1 - covered / (static_cast<double>(batch.side) * batch.side));
}

Box cut_mix_box(int side, double lambda, int center_x, int center_y) {
    const int half = static_cast<int>(0.5 * std::sqrt(1 - lambda) * side);
    return {std::max(center_x - half, 0), std::max(center_y - half, 0), std::min(center_x + half, side),
            std::min(center_y + half, side)};
}

void mix(const Batch& batch, const Mixing& mixing, std::uint64_t seed) {
    const bool may_mix = mixing.mixup_alpha > 0;
    const bool may_cut = mixing.cutmix_alpha > 0;
    if (!may_mix && !may_cut) return;
    SplitMix64 random(mix_bits(seed));
    if (may_mix && (!may_cut || random.below(2) == 0)) {
        mix_up(batch, draw_beta(mixing.mixup_alpha, random));
        return;
    }
    const double lambda = draw_beta(mixing.cutmix_alpha, random);
    const int center_x = static_cast<int>(random.below(static_cast<std::uint64_t>(batch.side)));
    const int center_y = static_cast<int>(random.below(static_cast<std::uint64_t>(batch.side)));
    cut_mix(batch, cut_mix_box(batch.side, lambda, center_x, center_y));
}

double draw_lambda(double alpha, std::uint64_t seed) {
    SplitMix64 random(mix_bits(seed));
    return draw_beta(alpha, random);
}

}  // namespace imnet
