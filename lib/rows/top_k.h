#pragma once

#include <span>
#include <vector>

#include "base/errors.h"

namespace imnet {

/// The index of a class and its softmax probability.
struct Prediction {
    int index = 0;
    float probability = 0;
};

/// The `k` most probable classes, most probable first; classes of equal probability by index. All classes
/// if there are fewer than `k`. Softmax is computed in float32 over all logits, as PyTorch does: exp(x -
/// max) / sum.
std::vector<Prediction> top_k(std::span<const float> logits, int k);

/// The softmax probability of one class, equal to that of `top_k`.
float probability_of(std::span<const float> logits, int index);

/// The net computed NaN or infinity.
struct NotFinite : ModelError {
    using ModelError::ModelError;
};

/// Throws NotFinite if a logit is NaN or infinite. No picture causes that in an intact net.
void refuse_non_finite(std::span<const float> logits);

}  // namespace imnet
