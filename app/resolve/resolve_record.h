#pragma once

#include "cli/options.h"
#include "runs/run_record.h"

namespace imnet::app {

/// A run record with the fields that say how the run was started: version, command, folder and shard.
RunRecord resolve_record(const Options& options);

}  // namespace imnet::app
