// What the typed options of `imnet merge` mean.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "runs/run_record.h"

namespace imnet::app {

struct MergeRun {
    std::vector<std::string> shards;
    std::string output;
    RunRecord record;  ///< how this was started
};

/// Throws UsageError.
MergeRun resolve_merge(const Options& options);

}  // namespace imnet::app
