#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/errors.h"
#include "results/top_k.h"

namespace imnet {

/// What became of one input: its labels, or the reason why it has none.
struct Row {
    std::string path;
    Expected<std::vector<Prediction>> top;
};

/// Whether one of the wanted classes is among the row's labels.
bool holds_label(const Row& row, std::span<const int> wanted);

}  // namespace imnet
