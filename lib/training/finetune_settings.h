// The settings that determine the bytes of a trained model, as text. The model's metadata has them, and a
// training can be resumed only with the same settings.
#pragma once

#include <string>

#include "datasets/class_folders.h"
#include "models/model.h"
#include "training/finetune_options.h"

namespace imnet {

/// A JSON object on one line: the model, its parent, the options of the training, and hashes of the names and
/// targets of the pictures.
std::string training_settings(const Model& model, const ParentWeights& parent, const Split& pictures,
                              const FinetuneOptions& options);

/// The settings that differ, as text for the user: "epochs is 10, was 5".
std::string differing_settings(const std::string& before, const std::string& now);

}  // namespace imnet
