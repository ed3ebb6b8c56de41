#pragma once

#include "cli/options.h"

namespace imnet::app {

/// Throws UsageError for arguments to a command that takes none.
void refuse_arguments(const Options& options);

}  // namespace imnet::app
