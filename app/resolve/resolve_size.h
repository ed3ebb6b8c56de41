#pragma once

#include <cstdint>
#include <optional>

#include "cli/options.h"
#include "preprocess/preprocessing.h"

namespace imnet::app {

/// The --size and --short-side of a training. Their defaults depend on the model.
struct TypedSize {
    std::optional<std::int64_t> image_size;
    std::optional<std::int64_t> short_side;
};

/// The model's preprocessing with the typed sizes. Unless it was typed, the short side keeps its proportion
/// to the image size. Throws UsageError.
Preprocessing at_size(const TypedSize& typed, Preprocessing own);

}  // namespace imnet::app
