#pragma once

#include "cli/options.h"
#include "runs/run_output.h"

namespace imnet::app {

/// Where the rows of a classify run go. Throws UsageError for options that do not go together.
OutputPlan resolve_output(const Options& options);

}  // namespace imnet::app
