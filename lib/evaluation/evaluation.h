// How often a net is right: counts over rows whose target is known.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "rows/row.h"

namespace imnet {

/// The counts of one class.
struct ClassCounts {
    std::uint64_t images = 0;     ///< classified pictures whose target is this class
    std::uint64_t top1 = 0;       ///< of these, how many have it as first prediction
    std::uint64_t top5 = 0;       ///< of these, how many have it among the first five predictions
    std::uint64_t predicted = 0;  ///< pictures of any target whose first prediction it is
};

/// The number of pictures of one target that have another class as first prediction.
struct Confusion {
    int target = 0;
    int predicted = 0;
    std::uint64_t images = 0;
};

/// Pictures whose first prediction has a probability between two bounds.
struct CalibrationBin {
    std::uint64_t images = 0;
    std::uint64_t right = 0;
    double confidence = 0;  ///< sum of the probabilities of the first predictions
};

/// Counts rows, one after the other. A failed picture is neither right nor wrong.
class Evaluation {
public:
    static constexpr int calibration_bins = 15;

    explicit Evaluation(int classes);

    /// The number of predictions that a row must have: 5, or all classes where there are fewer. It is also
    /// the number that "top-5" counts.
    int predictions_needed() const;

    /// Counts a row, given its target; the most probable prediction comes first.
    void add(const Row& row, int target);

    /// Counts a picture that could not be classified; `add` does it for rows with an error.
    void add_failed() { ++failed_; }

    std::uint64_t images() const { return total_.images; }  ///< pictures classified
    std::uint64_t failed() const { return failed_; }
    std::uint64_t top1() const { return total_.top1; }
    std::uint64_t top5() const { return total_.top5; }

    /// The counts of each class, in index order.
    const std::vector<ClassCounts>& classes() const { return classes_; }

    /// Classes of which at least one picture was classified.
    int classes_seen() const;

    /// The mean over these classes of their top-1 accuracy; 0 without pictures.
    double mean_class_accuracy() const;

    /// All pairs of a target and another class that was predicted, the most frequent first, then by index.
    std::vector<Confusion> confusions() const;

    /// Bin m of M holds the probabilities above m/M, up to and including (m+1)/M.
    const std::array<CalibrationBin, calibration_bins>& calibration() const { return bins_; }

    /// Expected calibration error, from 0 to 1: the mean over all pictures of |accuracy - mean
    /// confidence| of their bin, in 15 bins of equal width, where confidence is the probability of the
    /// first prediction (Guo et al. 2017, arXiv:1706.04599, equation 3). 0 without pictures.
    double expected_calibration_error() const;

    /// Mean cross-entropy: -log of the target's probability. Nothing where a row had no prediction for its
    /// target (rows with all classes always have one), or without pictures. A probability that is 0 in
    /// float32 counts as the smallest positive one.
    std::optional<double> mean_loss() const;

private:
    ClassCounts total_;
    std::uint64_t failed_ = 0;
    std::vector<ClassCounts> classes_;
    std::map<std::pair<int, int>, std::uint64_t> confusions_;  ///< {target, predicted}
    std::array<CalibrationBin, calibration_bins> bins_{};
    double loss_ = 0;
    std::uint64_t losses_ = 0;  ///< rows that had a prediction for their target
};

}  // namespace imnet
