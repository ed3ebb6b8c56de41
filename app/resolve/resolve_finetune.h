// Resolves the options of `imnet finetune`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/options.h"
#include "models/architecture.h"
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
    FinetuneOptions options;   ///< complete except for the preprocessing and the frozen stages
    std::string frozen_until;  ///< the last stage that is not trained; empty if the first one is trained, too
    TypedSize size;
    bool resume = false;
    ShowProgress progress = ShowProgress::automatic;
    bool quiet = false;
};

/// Throws UsageError.
FinetuneRun resolve_finetune(const Options& options);

/// The number of stages up to the one that `frozen_until` names. Throws UsageError, which lists the stages,
/// if the architecture has none of that name.
int frozen_stages(std::string_view frozen_until, const Architecture& architecture);

}  // namespace imnet::app
