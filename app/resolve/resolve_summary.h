// Resolves the options of `imnet summary`.
#pragma once

#include "cli/options.h"
#include "engines/engine.h"
#include "models/model.h"

namespace imnet::app {

struct SummaryRun {
    ModelRequest model;
    EngineOptions engine;
    bool quiet = false;
};

/// Throws UsageError.
SummaryRun resolve_summary(const Options& options);

}  // namespace imnet::app
