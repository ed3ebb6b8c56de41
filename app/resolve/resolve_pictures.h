#pragma once

#include "classify.h"
#include "cli/options.h"

namespace imnet::app {

/// The options about decoding and batches, which several commands take. `batch` is 0 if it was not typed.
/// Throws UsageError.
ClassifyOptions resolve_pictures(const Options& options);

}  // namespace imnet::app
