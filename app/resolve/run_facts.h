#pragma once

#include <string>

#include "classify.h"
#include "cli/options.h"
#include "resolve/resolve.h"
#include "rows/row_formatter.h"
#include "runs/run_record.h"

namespace imnet::app {

/// SHA-256 of the checkpoint; of several files, of what sha256sum prints for them. Random weights are
/// their description.
std::string weights_sha256(const Net& net);

/// What the record of a classify run says before the run starts: what was typed, and every setting
/// that changes rows. Reads the checkpoint once for its SHA-256.
RunRecord describe_run(const Options& options, const Net& net, const Engine& engine,
                       const ClassifyOptions& classify, Format format);

}  // namespace imnet::app
