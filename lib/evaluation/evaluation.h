// How often a net is right: counts over rows whose true class is known.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "rows/row.h"

namespace imnet {

/// What was counted for one class.
struct ClassCounts {
    std::uint64_t images = 0;     ///< pictures of this class that were classified
    std::uint64_t top1 = 0;       ///< of these, how many have it as first label
    std::uint64_t top5 = 0;       ///< of these, how many have it among the first five labels
    std::uint64_t predicted = 0;  ///< pictures of any class whose first label it is
};

/// Pictures of one class that have another as first label.
struct Confusion {
    int truth = 0;
    int predicted = 0;
    std::uint64_t images = 0;
};

/// Pictures whose first label has a probability between two bounds.
struct CalibrationBin {
    std::uint64_t images = 0;
    std::uint64_t right = 0;
    double confidence = 0;  ///< sum of the first labels' probabilities
};

/// Counts rows, one after the other. A failed picture is neither right nor wrong.
class Evaluation {
public:
    static constexpr int calibration_bins = 15;

    explicit Evaluation(int classes);

    /// Labels that a row needs at least for these figures: 5, or all classes where there are fewer.
    /// "Top-5" counts so many.
    int labels_needed() const;

    /// Counts a row, its most probable label first, whose picture is of class `truth`.
    void add(const Row& row, int truth);

    /// Counts a picture that could not be classified; `add` does it for rows with an error.
    void add_failed() { ++failed_; }

    std::uint64_t images() const { return total_.images; }  ///< pictures classified
    std::uint64_t failed() const { return failed_; }
    std::uint64_t top1() const { return total_.top1; }
    std::uint64_t top5() const { return total_.top5; }

    /// A class each, in index order.
    const std::vector<ClassCounts>& classes() const { return classes_; }

    /// Classes of which at least one picture was classified.
    int classes_seen() const;

    /// The mean over these classes of the share whose first label is right; 0 without pictures.
    double mean_class_accuracy() const;

    /// All pairs of a class and another that was taken for it, the most frequent first, then by index.
    std::vector<Confusion> confusions() const;

    /// Bin m of M holds the probabilities over m/M, up to and with (m+1)/M.
    const std::array<CalibrationBin, calibration_bins>& calibration() const { return bins_; }

    /// Expected calibration error, from 0 to 1: the mean over all pictures of |accuracy - mean
    /// confidence| of their bin, in 15 bins of equal width, where confidence is the probability of the
    /// first label (Guo et al. 2017, arXiv:1706.04599, equation 3). 0 without pictures.
    double expected_calibration_error() const;

    /// Mean cross-entropy, -log of the true class's probability, where every row had a label for its
    /// true class, as rows with all classes do; else, or without pictures, nothing. A probability that
    /// is 0 in float32 counts as the smallest that is not.
    std::optional<double> mean_loss() const;

private:
    ClassCounts total_;
    std::uint64_t failed_ = 0;
    std::vector<ClassCounts> classes_;
    std::map<std::pair<int, int>, std::uint64_t> confusions_;  ///< {truth, predicted}
    std::array<CalibrationBin, calibration_bins> bins_{};
    double loss_ = 0;
    std::uint64_t losses_ = 0;  ///< rows that had a label for their true class
};

}  // namespace imnet
