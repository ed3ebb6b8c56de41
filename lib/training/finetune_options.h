// How to train a model.
#pragma once

#include <string>

#include "engines/engine.h"
#include "engines/trainer.h"
#include "preprocess/preprocessing.h"
#include "training/augmentation.h"
#include "training/training_loop.h"

namespace imnet {

/// Which part of the model is not trained.
struct Freeze {
    int stages = 0;         ///< the stem and that many stages; 0 for nothing
    bool backbone = false;  ///< everything but the head, so its features are computed only once
};

struct FinetuneOptions {
    std::string output;
    Freeze freeze;
    LoopOptions loop;
    TrainerOptions trainer;
    /// For training pictures, unless the backbone is frozen. `finetune` sets size, interpolation, mean and
    /// std from `preprocessing`.
    Augmentation augmentation;
    Preprocessing preprocessing;    ///< for validation, features of a frozen backbone, and the trained model
    EngineOptions engine;           ///< for validation; `finetune` sets image_size and batch
    bool balanced_classes = false;  ///< weight the loss so that all classes count equally
    std::string version;            ///< of this program
};

}  // namespace imnet
