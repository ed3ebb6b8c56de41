// Fine-tuning, the pipeline of training: class folders → augment → trainer → validate → write the best model.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "datasets/class_folders.h"
#include "models/model.h"
#include "training/finetune_options.h"
#include "training/training_batches.h"

namespace imnet {

struct FinetuneEvents {
    LoopEvents loop;
    /// Called once for each picture that cannot be read.
    std::function<void(const BadPicture&)> on_bad_picture;
    /// Called with a message for the user before long work that comes before the first epoch.
    std::function<void(const std::string&)> on_remark;
};

/// Trains `model`, whose head already has the new classes. Writes the model of the best epoch to
/// `options.output` (safetensors; metadata as in models/checkpoint_config.h), its learning curve beside it
/// and, until training ends, the training state. With `resume`, continues from that state; the result has the
/// same bytes as without the interruption. Returns the results of all epochs, or none if `resume` finds a
/// finished training in `output`. Throws UsageError if `resume` finds other settings, or if there is a
/// training state and `resume` is not set.
std::vector<EpochResult> finetune(const Model& model, const Split& pictures, FinetuneOptions options,
                                  bool resume, FinetuneEvents events);

}  // namespace imnet
