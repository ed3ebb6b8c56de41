// Puts trained tensors into the model that training began with.
#pragma once

#include "checkpoints/state_dict.h"
#include "models/model.h"
#include "training/finetune_options.h"
#include "training/learning_curve.h"

namespace imnet {

/// Writes the model to `options.output` with the tensors in `trained` instead of its own ones of the same
/// names. The metadata has the settings, the results of that epoch and the parent. Throws OutputError.
void write_trained_model(const Model& model, const ParentWeights& parent, const FinetuneOptions& options,
                         const StateDict& trained, const EpochResult& point);

/// The parameters of the model's head. `classifier` is `head(model.architecture)`.
Parameters head_parameters(const Model& model, const Architecture& classifier);

}  // namespace imnet
