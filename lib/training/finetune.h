// Training: pictures of labelled folders → augment → trainer → validate → the best epoch's model in a file.
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
    /// A picture that could not be read, each once.
    std::function<void(const BadPicture&)> on_bad_picture;
    /// What is under way before the first epoch: "features of 1437 pictures".
    std::function<void(const std::string&)> on_remark;
};

/// Trains the model, whose head already has the new classes. The best epoch is kept in `options.output`
/// (safetensors; metadata as in models/checkpoint_config.h). Beside it stand the learning curve and, while
/// the training is unfinished, its state. `resume` goes on from that state, to the same bytes in the end.
/// Throws UsageError where the settings differ from those of the state or of a finished training in
/// `output`; without `resume`, where an unfinished training is in the way. Returns the epochs; none where
/// `output` already holds the finished training.
std::vector<EpochResult> finetune(const Model& model, const Split& pictures, FinetuneOptions options,
                                  bool resume, FinetuneEvents events);

}  // namespace imnet
