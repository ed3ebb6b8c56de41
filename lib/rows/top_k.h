#pragma once

#include <span>
#include <vector>

#include "base/errors.h"
#include "models/output_activation.h"

namespace imnet {

/// The index of a class and its probability.
struct Prediction {
    int index = 0;
    float probability = 0;
};

/// The `k` most probable classes, most probable first; classes of equal probability by index. All classes
/// if there are fewer than `k`. Softmax is computed in float32 over all logits, as PyTorch does: exp(x -
/// max) / sum. Sigmoid is 1 / (1 + exp(-x)) of each.
std::vector<Prediction> top_k(std::span<const float> logits, int k,
                              OutputActivation activation = OutputActivation::softmax);

/// The probability of one class, equal to that of `top_k`.
float probability_of(std::span<const float> logits, int index,
                     OutputActivation activation = OutputActivation::softmax);

/// The net computed NaN or infinity.
struct NotFinite : ModelError {
    using ModelError::ModelError;
};

/// Throws NotFinite if a logit is NaN or infinite. No picture causes that in an intact net.
void refuse_non_finite(std::span<const float> logits);

}  // namespace imnet
