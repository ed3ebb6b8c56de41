#pragma once

#include <span>
#include <vector>

#include "base/errors.h"

namespace imnet {

/// One class and its softmax probability.
struct Prediction {
    int index = 0;
    float probability = 0;
};

/// The `k` most probable classes, most probable first; of equals the lower index first. Softmax in
/// float32 over all logits, computed as PyTorch does: exp(x - max) / sum. Asked for more classes
/// than there are, it gives all of them.
std::vector<Prediction> top_k(std::span<const float> logits, int k);

/// The softmax probability of one class, with the digits of `top_k`.
float probability_of(std::span<const float> logits, int index);

/// The net answers with NaN or infinity.
struct NotFinite : ModelError {
    using ModelError::ModelError;
};

/// Throws NotFinite where a logit is NaN or infinite: no picture makes a sound net answer so.
void refuse_non_finite(std::span<const float> logits);

}  // namespace imnet
