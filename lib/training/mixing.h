// Each picture of a batch mixed with the one before it (the first with the last), as MixUp and CutMix of
// torchvision.transforms.v2 do. Pictures are [count, side, side, 3] float32, targets [count, classes]
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

/// Columns left … right and rows top … bottom of a picture, ends excluded.
struct Box {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;

    bool operator==(const Box&) const = default;
};

/// MixUp: lambda of each picture and target, and 1 - lambda of the one before.
void mix_up(const Batch& batch, double lambda);

/// CutMix: the box from the picture before; the targets by what the box covers.
void cut_mix(const Batch& batch, const Box& box);

/// The box of CutMix around a pixel: 1 - lambda of the picture's area before it is cut off at the edges.
Box cut_mix_box(int side, double lambda, int center_x, int center_y);

/// Which of the two, and the parameters of their Beta(alpha, alpha); alpha 0 is off.
struct Mixing {
    double mixup_alpha = 0;
    double cutmix_alpha = 0;
};

/// Mixes by what the seed draws: where both are on, one of them, each as likely (as RandomChoice does).
void mix(const Batch& batch, const Mixing& mixing, std::uint64_t seed);

/// A number from Beta(alpha, alpha), 0 … 1, the same for a seed on every machine; alpha is above 0.
double draw_lambda(double alpha, std::uint64_t seed);

}  // namespace imnet
