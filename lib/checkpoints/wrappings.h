// The state dict inside what people save: alone, or in a training checkpoint beside the optimiser.
#pragma once

#include "checkpoints/checkpoint.h"
#include "checkpoints/pickle.h"
#include "checkpoints/state_dict.h"
#include "checkpoints/tensor_views.h"

namespace imnet {

/// Finds the state dict in an unpickled object and views its tensors. It may lie under
/// `state_dict`, `model`, `model_state_dict` …, or their averaged (EMA) companions; numbers and texts
/// beside it become metadata, all else is ignored. Throws ModelError where there is none.
StateDict unwrap(const pickle::Value& root, const StorageBytes& storage_bytes, bool big_endian,
                 const CheckpointOptions& options);

}  // namespace imnet
