#pragma once

#include "cli/options.h"
#include "runs/run_record.h"

namespace imnet::app {

/// What the record of a run says of how it was started: version, command, folder and shard.
RunRecord resolve_record(const Options& options);

}  // namespace imnet::app
