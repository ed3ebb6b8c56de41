// Resolves the options of a classify run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "classify.h"
#include "cli/options.h"
#include "engines/engine.h"
#include "inputs/input_source.h"
#include "models/model.h"
#include "resolve/resolve_progress.h"
#include "resolve/resolve_sorting.h"
#include "runs/run_output.h"
#include "runs/run_record.h"

namespace imnet::app {

struct ClassifyRun {
    std::vector<std::string> paths;
    SourceOptions sources;
    ModelRequest model;
    EngineOptions engine;
    ClassifyOptions classify;     ///< without what the model decides; `batch` is 0 if not typed
    bool any_probability = true;  ///< no --min-prob was typed
    OutputPlan output;
    std::optional<std::string> wanted_class;  ///< if set, print only the paths of pictures with this class
    std::optional<SortingPlan> sorting;
    RunRecord record;  ///< the fields that are known before the model is loaded
    ShowProgress progress = ShowProgress::automatic;
    bool quiet = false;
};

/// Throws UsageError.
ClassifyRun resolve_classify(const Options& options);

}  // namespace imnet::app
