// What the typed options of `imnet finetune` mean.
#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "models/model.h"
#include "resolve/resolve_progress.h"
#include "resolve/resolve_size.h"
#include "training/finetune_options.h"

namespace imnet::app {

struct FinetuneRun {
    std::string folder;                            ///< of the pictures to train with
    std::optional<std::string> validation_folder;  ///< without one a part of the others is held back,
    double held_back = 0.2;                        ///< which is this part of each class
    ModelRequest model;                            ///< that training begins with
    FinetuneOptions options;                       ///< but for the preprocessing
    TypedSize size;
    bool resume = false;
    ShowProgress progress = ShowProgress::automatic;
    bool quiet = false;
};

/// Throws UsageError.
FinetuneRun resolve_finetune(const Options& options);

}  // namespace imnet::app
