// Resolves the options of `imnet finetune`.
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
    std::string folder;                            ///< with the training pictures
    std::optional<std::string> validation_folder;  ///< if not set, a part of the training pictures
    double held_back = 0.2;                        ///< is held back: this part of each class
    ModelRequest model;                            ///< that training starts from
    FinetuneOptions options;                       ///< complete except for the preprocessing
    TypedSize size;
    bool resume = false;
    ShowProgress progress = ShowProgress::automatic;
    bool quiet = false;
};

/// Throws UsageError.
FinetuneRun resolve_finetune(const Options& options);

}  // namespace imnet::app
