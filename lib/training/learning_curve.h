// The results of a training's epochs, as a table and as an SVG picture.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace imnet {

/// The results of an epoch; NaN where there is no value, as without validation pictures.
struct EpochResult {
    static constexpr double none = std::numeric_limits<double>::quiet_NaN();

    int epoch = 0;             ///< the first is 1
    double learning_rate = 0;  ///< of the epoch's last batch
    double train_loss = none;
    double validation_loss = none;
    double validation_top1 = none;  ///< 0 … 1
    double validation_top5 = none;
    double seconds = 0;
};

/// The first line of the table, with its newline.
std::string_view learning_curve_csv_header();

/// A line of the table, with its newline. NaN becomes an empty cell.
std::string learning_curve_csv_row(const EpochResult& result);

/// An SVG picture of the losses and accuracies over the epochs, side by side. It is readable on a light and
/// on a dark background and needs no other file.
std::string learning_curve_svg(std::span<const EpochResult> results, std::string_view title);

}  // namespace imnet
