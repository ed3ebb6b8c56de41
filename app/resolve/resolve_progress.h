#pragma once

#include "cli/options.h"

namespace imnet::app {

/// When progress is shown. `automatic`: on a terminal, if the work takes about a second or more.
enum class ShowProgress { automatic, always, never };

ShowProgress resolve_progress(const Options& options);

}  // namespace imnet::app
