#pragma once

#include "classify.h"
#include "cli/options.h"
#include "engines/engine.h"
#include "models/model.h"
#include "rows/row_formatter.h"
#include "runs/run_record.h"

namespace imnet::app {

/// What the record of a classify run says before the run starts: what was typed, and every setting
/// that changes rows. Reads the checkpoint once for its SHA-256.
RunRecord describe_run(const Options& options, const Model& model, const Engine& engine,
                       const ClassifyOptions& classify, Format format);

}  // namespace imnet::app
