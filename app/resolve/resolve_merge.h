// Resolves the options of `imnet merge`.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "runs/run_record.h"

namespace imnet::app {

struct MergeRun {
    std::vector<std::string> shards;
    std::string output;
    RunRecord record;  ///< the fields that say how merge was started
};

/// Throws UsageError.
MergeRun resolve_merge(const Options& options);

}  // namespace imnet::app
