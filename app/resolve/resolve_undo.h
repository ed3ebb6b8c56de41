// Resolves the options of `imnet undo`.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"

namespace imnet::app {

struct UndoRun {
    std::vector<std::string> manifests;  ///< in the order in which they are undone
    bool quiet = false;
};

/// Throws UsageError.
UndoRun resolve_undo(const Options& options);

}  // namespace imnet::app
