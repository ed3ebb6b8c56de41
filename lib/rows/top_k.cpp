#include "rows/top_k.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"

namespace imnet {
namespace {

/// The divisor of softmax, summed in the order of PyTorch.
struct Softmax {
    explicit Softmax(std::span<const float> logits)
        : largest(*std::max_element(logits.begin(), logits.end())) {
        for (const float logit : logits) sum += std::exp(logit - largest);
    }
    float probability(float logit) const { return std::exp(logit - largest) / sum; }

    float largest;
    float sum = 0;
};

float sigmoid(float logit) { return 1.0F / (1.0F + std::exp(-logit)); }

}  // namespace

std::vector<Prediction> top_k(std::span<const float> logits, int k, OutputActivation activation) {
    const Softmax softmax(logits);
    std::vector<int> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto kept = std::min(order.size(), static_cast<std::size_t>(std::max(k, 0)));
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                      [&](int a, int b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });

    std::vector<Prediction> best(kept);
    for (std::size_t rank = 0; rank < kept; ++rank) {
        const float logit = logits[order[rank]];
        best[rank] = {order[rank],
                      activation == OutputActivation::sigmoid ? sigmoid(logit) : softmax.probability(logit)};
    }
    return best;
}

float probability_of(std::span<const float> logits, int index, OutputActivation activation) {
    const float logit = logits[static_cast<std::size_t>(index)];
    return activation == OutputActivation::sigmoid ? sigmoid(logit) : Softmax(logits).probability(logit);
}

void refuse_non_finite(std::span<const float> logits) {
    if (std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); })) return;
    throw NotFinite(
        "the net answers with NaN or infinity: its weights are damaged, or not meant for this model");
}

}  // namespace imnet
