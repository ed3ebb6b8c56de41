// A model and what training has made of its tensors.
#pragma once

#include "checkpoints/state_dict.h"
#include "models/model.h"
#include "training/finetune_options.h"
#include "training/learning_curve.h"

namespace imnet {

/// Writes the model to `options.output`, with `trained` in place of its tensors of the same names, and
/// with all that says how it was made in the metadata. Throws OutputError.
void write_trained_model(const Model& model, const ParentWeights& parent, const FinetuneOptions& options,
                         const StateDict& trained, const EpochResult& point);

/// The parameters of the model that belong to its head, where `classifier` is that head alone.
Parameters head_parameters(const Model& model, const Architecture& classifier);

}  // namespace imnet
