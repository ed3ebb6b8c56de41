#pragma once

#include "cli/options.h"
#include "runs/run_output.h"

namespace imnet::app {

/// The output of a classify run. Throws UsageError for options that do not go together.
OutputPlan resolve_output(const Options& options);

}  // namespace imnet::app
