// What decides about the bytes of a trained model, in one text: it is kept with the model, and a training
// only goes on under the settings that it began with.
#pragma once

#include <string>

#include "datasets/class_folders.h"
#include "models/model.h"
#include "training/finetune_options.h"

namespace imnet {

/// A JSON object on one line: the model, its parent, how it is trained, and a hash of the pictures' names
/// and targets.
std::string training_settings(const Model& model, const ParentWeights& parent, const Split& pictures,
                              const FinetuneOptions& options);

/// Which settings differ: "epochs is 10, was 5", for people.
std::string differing_settings(const std::string& before, const std::string& now);

}  // namespace imnet
