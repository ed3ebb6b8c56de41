#pragma once

#include <cstdint>
#include <string>

#include "models/architecture.h"

namespace imnet {

/// The output of PyTorch's `print(model)`.
std::string print_model(const Architecture& architecture);

/// The lines of `print_model` with two more columns: the output shape of each module for an input
/// [1, 3, height, width], and its number of trainable parameters, including its children's. Modules that
/// inference skips have no shape.
std::string summary(const Architecture& architecture, int height, int width);

/// A number with a comma between groups of three digits: `25,557,032`.
std::string grouped_digits(std::int64_t count);

}  // namespace imnet
