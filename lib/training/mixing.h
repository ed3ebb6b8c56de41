// MixUp and CutMix as in torchvision.transforms.v2: each picture of a batch is mixed with the previous one,
// the first with the last. Pictures are [count, side, side, 3] float32, targets [count, classes]
// probabilities; both are changed in place.
#pragma once

#include <cstdint>
#include <span>

namespace imnet {

struct Batch {
    std::span<float> pictures;
    std::span<float> targets;
    int count = 0;
    int side = 0;
};

/// Columns from left to right and rows from top to bottom of a picture; right and bottom are excluded.
struct Box {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;

    bool operator==(const Box&) const = default;
};

/// MixUp: lambda of each picture and target, plus 1 - lambda of the previous one.
void mix_up(const Batch& batch, double lambda);

/// CutMix: copies the box from the previous picture, and mixes the targets by the area of the box.
void cut_mix(const Batch& batch, const Box& box);

/// The box of CutMix around a pixel. It has 1 - lambda of the picture's area, and is then cut at the edges.
Box cut_mix_box(int side, double lambda, int center_x, int center_y);

/// The alpha of Beta(alpha, alpha) for each of the two; 0 is off.
struct Mixing {
    double mixup_alpha = 0;
    double cutmix_alpha = 0;
};

/// Mixes with random parameters from the seed. Where both are on, it chooses one with equal probability, as
/// RandomChoice does.
void mix(const Batch& batch, const Mixing& mixing, std::uint64_t seed);

/// A random number from Beta(alpha, alpha), the same for a seed on every machine; alpha is above 0.
double draw_lambda(double alpha, std::uint64_t seed);

}  // namespace imnet
