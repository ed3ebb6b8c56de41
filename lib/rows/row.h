#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/errors.h"
#include "rows/top_k.h"

namespace imnet {

/// What became of one input: its labels, or the reason why it has none.
struct Row {
    std::string path;
    Expected<std::vector<Prediction>> top;
    /// What was read, where the input is no file that could be read again and `keep_bytes` asks for it.
    std::vector<std::byte> bytes = {};
};

/// Takes rows in the order of their inputs, a batch or less at a time.
using OnRows = std::function<void(std::span<const Row>)>;

/// Whether one of the wanted classes is among the row's labels.
bool holds_class(const Row& row, std::span<const int> wanted);

}  // namespace imnet
