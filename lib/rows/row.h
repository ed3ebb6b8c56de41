#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/errors.h"
#include "rows/top_k.h"

namespace imnet {

/// The result of one input: its predictions, or the error that it failed with.
struct Row {
    std::string path;
    Expected<std::vector<Prediction>> top;
    /// What is wrong with a picture that has predictions all the same; empty if nothing is.
    std::string damage = {};
    /// The bytes of an input that is not a file and so cannot be read again, if `keep_bytes` asks for them.
    std::vector<std::byte> bytes = {};
};

/// Takes rows in the order of their inputs, a batch or less at a time.
using OnRows = std::function<void(std::span<const Row>)>;

/// Whether one of the wanted classes is among the row's predictions.
bool holds_class(const Row& row, std::span<const int> wanted);

}  // namespace imnet
