#pragma once

#include <cstdint>
#include <optional>

#include "cli/options.h"
#include "preprocess/preprocess.h"

namespace imnet::app {

/// What was typed of the size of prepared pictures. Its meaning depends on the model.
struct TypedSize {
    std::optional<std::int64_t> image_size;
    std::optional<std::int64_t> short_side;
};

TypedSize resolve_size(const Options& options);

/// The model's preprocessing at another size. The short side keeps its proportion to the image size
/// unless it was typed. Throws UsageError.
Preprocessing at_size(const TypedSize& typed, Preprocessing own);

}  // namespace imnet::app
