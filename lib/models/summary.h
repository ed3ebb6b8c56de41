#pragma once

#include <cstdint>
#include <string>

#include "models/architecture.h"

namespace imnet {

/// The text of PyTorch's `print(model)`, each line ended by a newline.
std::string print_model(const Architecture& architecture);

/// The same lines with two columns to their right: the output shape of each module for one input
/// [1, 3, height, width], and its trainable parameters, those of its children included. Modules that
/// inference passes through unchanged have no shape.
std::string summary(const Architecture& architecture, int height, int width);

/// A count as people read it: `25,557,032`.
std::string grouped_digits(std::int64_t count);

}  // namespace imnet
