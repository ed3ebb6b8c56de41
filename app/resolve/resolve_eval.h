// Resolves the options of `imnet eval`.
#pragma once

#include <string>

#include "classify.h"
#include "cli/options.h"
#include "datasets/evaluation_data.h"
#include "engines/engine.h"
#include "models/model.h"
#include "resolve/resolve_progress.h"

namespace imnet::app {

/// What eval writes: figures in one of three formats, or the paths of misclassified pictures.
enum class EvalOutput { text, json, csv, wrong_paths };

struct EvalRun {
    EvaluationDataOptions data;
    ModelRequest model;
    EngineOptions engine;
    ClassifyOptions classify;
    EvalOutput format = EvalOutput::text;
    char path_end = '\n';  ///< what ends a path
    std::string output = "-";
    ShowProgress progress = ShowProgress::automatic;
    bool quiet = false;
};

/// Throws UsageError.
EvalRun resolve_eval(const Options& options);

}  // namespace imnet::app
