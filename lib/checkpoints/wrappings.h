// Finds the state dict in what was saved: alone, or inside a training checkpoint.
#pragma once

#include "checkpoints/checkpoint.h"
#include "checkpoints/pickle.h"
#include "checkpoints/state_dict.h"
#include "checkpoints/tensor_views.h"

namespace imnet {

/// Finds the state dict in an unpickled object and gives views of its tensors. It may be under
/// `state_dict`, `model`, `module` …, or the keys of averaged weights (EMA); else it is the largest dict of
/// named tensors, and of several the one that is averaged only where the options prefer that. Numbers and
/// texts beside it become metadata (`epoch`, `args.model`); everything else is ignored. Throws ModelError
/// where there is none, or where it would be the result of a call.
StateDict unwrap(const pickle::Value& root, const StorageBytes& storage_bytes, bool big_endian,
                 const CheckpointOptions& options);

}  // namespace imnet
