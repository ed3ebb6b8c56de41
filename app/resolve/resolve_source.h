#pragma once

#include "cli/options.h"
#include "inputs/input_source.h"

namespace imnet::app {

/// The inputs of a classify run. Throws UsageError for options that contradict each other.
SourceOptions resolve_source(const Options& options);

}  // namespace imnet::app
