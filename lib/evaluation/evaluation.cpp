#include "evaluation/evaluation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace imnet {
namespace {

constexpr int top = 5;

std::size_t bin_of(float confidence) {
    const auto bin = static_cast<int>(std::ceil(confidence * Evaluation::calibration_bins)) - 1;
    return static_cast<std::size_t>(std::clamp(bin, 0, Evaluation::calibration_bins - 1));
}

}  // namespace

Evaluation::Evaluation(int classes) : classes_(static_cast<std::size_t>(classes)) {}

int Evaluation::predictions_needed() const { return std::min(top, static_cast<int>(classes_.size())); }

void Evaluation::add(const Row& row, int target) {
    if (!row.top) return add_failed();
    const std::vector<Prediction>& predictions = *row.top;
    if (predictions.size() < static_cast<std::size_t>(predictions_needed())) {
        throw std::invalid_argument("an evaluation needs rows with the first five predictions");
    }
    const Prediction& first = predictions.front();
    const auto found = std::find_if(predictions.begin(), predictions.end(),
                                    [&](const Prediction& prediction) { return prediction.index == target; });
    const bool right = first.index == target;
    const bool among_first = found - predictions.begin() < predictions_needed();

    ClassCounts& counts = classes_.at(static_cast<std::size_t>(target));
    for (ClassCounts* each : {&counts, &total_}) {
        ++each->images;
        each->top1 += right ? 1 : 0;
        each->top5 += among_first ? 1 : 0;
    }
    ++classes_.at(static_cast<std::size_t>(first.index)).predicted;
    if (!right) ++confusions_[{target, first.index}];

    CalibrationBin& bin = bins_[bin_of(first.probability)];
    ++bin.images;
    bin.right += right ? 1 : 0;
    bin.confidence += first.probability;

    if (found == predictions.end()) return;
    ++losses_;
    loss_ -= std::log(std::max(found->probability, std::numeric_limits<float>::denorm_min()));
}

int Evaluation::classes_seen() const {
    return static_cast<int>(std::count_if(classes_.begin(), classes_.end(),
                                          [](const ClassCounts& counts) { return counts.images > 0; }));
}

double Evaluation::mean_class_accuracy() const {
    double sum = 0;
    for (const ClassCounts& counts : classes_) {
        if (counts.images > 0) sum += static_cast<double>(counts.top1) / static_cast<double>(counts.images);
    }
    return sum / std::max(1, classes_seen());
}

std::vector<Confusion> Evaluation::confusions() const {
    std::vector<Confusion> pairs;
    for (const auto& [pair, images] : confusions_) pairs.push_back({pair.first, pair.second, images});
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Confusion& a, const Confusion& b) { return a.images > b.images; });
    return pairs;
}

double Evaluation::expected_calibration_error() const {
    double sum = 0;
    for (const CalibrationBin& bin : bins_) sum += std::abs(static_cast<double>(bin.right) - bin.confidence);
    return sum / static_cast<double>(std::max<std::uint64_t>(1, images()));
}

std::optional<double> Evaluation::mean_loss() const {
    if (losses_ == 0 || losses_ != images()) return std::nullopt;
    return loss_ / static_cast<double>(losses_);
}

}  // namespace imnet
