// How a model is to be trained.
#pragma once

#include <string>

#include "engines/engine.h"
#include "engines/trainer.h"
#include "preprocess/preprocessing.h"
#include "training/augmentation.h"
#include "training/training_loop.h"

namespace imnet {

/// Which part of the net stays as it is: nothing, the stem and the first stages, or all but the head.
struct Freeze {
    int stages = 0;         ///< 1 to 4: the stem and so many stages
    bool backbone = false;  ///< its features are then computed once and kept
};

struct FinetuneOptions {
    std::string output;
    Freeze freeze;
    LoopOptions loop;
    TrainerOptions trainer;
    /// Of the pictures that are trained with, unless the backbone is frozen. Size, interpolation, mean and
    /// std are those of the preprocessing.
    Augmentation augmentation;
    Preprocessing preprocessing;    ///< of those that are not, and of all that the model is to classify
    EngineOptions engine;           ///< that validates; image size and batch are set by `finetune`
    bool balanced_classes = false;  ///< all classes weigh alike in the loss, however many pictures they have
    std::string version;            ///< of this program
};

}  // namespace imnet
