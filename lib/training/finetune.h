// The spine of training: pictures of labelled folders → augment → trainer → validate → the best epoch's
// model in a file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "datasets/class_folders.h"
#include "engines/engine.h"
#include "engines/trainer.h"
#include "models/architecture.h"
#include "models/class_names.h"
#include "models/parameters.h"
#include "preprocess/preprocessing.h"
#include "training/augmentation.h"
#include "training/training_loop.h"

namespace imnet {

/// Which part of the net stays as it is: nothing, the stem and the first stages, or all but the head.
struct Freeze {
    int stages = 0;         ///< 1 to 4: the stem and so many stages
    bool backbone = false;  ///< its features are then computed once and kept
};

/// The net that training begins with; its head already has the new classes.
struct FinetuneNet {
    Architecture architecture;
    Parameters parameters;
    ClassNames class_names;
    std::string parent;  ///< what its weights are: a name of published weights, a file, "random, seed 0"
    std::string parent_sha256;  ///< of that file; empty for random weights
};

struct FinetuneOptions {
    std::string output;
    Freeze freeze;
    LoopOptions loop;
    TrainerOptions trainer;
    Augmentation augmentation;      ///< of the pictures that are trained with, unless the backbone is frozen
    Preprocessing preprocessing;    ///< of those that are not, and of all that the model is to classify
    EngineOptions engine;           ///< that validates
    bool balanced_classes = false;  ///< all classes weigh alike in the loss, however many pictures they have
    std::string version;            ///< of this program
};

struct FinetuneEvents {
    LoopEvents loop;
    /// A picture that could not be read, each once.
    std::function<void(const BadPicture&)> on_bad_picture;
    /// What is under way before the first epoch: "features of 1437 pictures".
    std::function<void(const std::string&)> on_remark;
};

/// Trains, keeping the best epoch in `output` (safetensors; metadata as in models/checkpoint_config.h) and
/// beside it the learning curve and what an interrupted training goes on from. With `resume` it goes on from
/// there, with the same bytes in the end; throws UsageError where the settings differ, also from those of a
/// finished training in `output`. Without, throws
/// UsageError where an unfinished training is in the way. Returns the epochs; none where `output` already
/// holds the finished training.
std::vector<EpochResult> finetune(const FinetuneNet& net, const Split& pictures, FinetuneOptions options,
                                  bool resume, FinetuneEvents events);

}  // namespace imnet
