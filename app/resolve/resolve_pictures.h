#pragma once

#include "classify.h"
#include "cli/options.h"

namespace imnet::app {

/// What the options say of pictures and batches; `batch` is 0 where it was not typed. Throws UsageError.
ClassifyOptions resolve_pictures(const Options& options);

}  // namespace imnet::app
