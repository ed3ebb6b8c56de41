#include "results/top_k.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace imnet {

std::vector<Prediction> top_k(std::span<const float> logits, int k) {
    const float largest = *std::max_element(logits.begin(), logits.end());
    float sum = 0;
    for (const float logit : logits) sum += std::exp(logit - largest);

    std::vector<int> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto kept = std::min(order.size(), static_cast<std::size_t>(std::max(k, 0)));
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                      [&](int a, int b) { return logits[a] != logits[b] ? logits[a] > logits[b] : a < b; });

    std::vector<Prediction> best(kept);
    for (std::size_t rank = 0; rank < kept; ++rank) {
        best[rank] = {order[rank], std::exp(logits[order[rank]] - largest) / sum};
    }
    return best;
}

}  // namespace imnet
