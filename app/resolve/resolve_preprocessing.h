#pragma once

#include "cli/options.h"
#include "preprocess/stated_preprocessing.h"

namespace imnet::app {

/// What the options of preprocessing state. Throws UsageError for invalid values, and for options that
/// contradict each other whatever the model is.
StatedPreprocessing resolve_preprocessing(const Options& options);

}  // namespace imnet::app
