#pragma once

#include "cli/options.h"

namespace imnet::app {

/// When progress is shown; `automatic` is on a terminal, for work that takes a while.
enum class ShowProgress { automatic, always, never };

ShowProgress resolve_progress(const Options& options);

}  // namespace imnet::app
