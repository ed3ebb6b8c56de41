// What the typed options of `imnet finetune` mean.
#pragma once

#include "cli/options.h"
#include "preprocess/preprocessing.h"
#include "training/augmentation.h"
#include "training/finetune.h"

namespace imnet::app {

/// All but what depends on the net: the recipe of its pictures, and how they are changed for training.
/// Throws UsageError.
FinetuneOptions resolve_finetune(const Options& options);

Augmentation resolve_augmentation(const Options& options, const Preprocessing& preprocessing);

}  // namespace imnet::app
