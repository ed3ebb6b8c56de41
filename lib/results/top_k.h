#pragma once

#include <span>
#include <vector>

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

}  // namespace imnet
