#pragma once

#include "checkpoints/state_dict.h"

namespace imnet {

/// The state dict with all floating-point tensors rounded to another floating-point type. Integer tensors
/// and metadata stay as they are. Throws ModelError, naming the tensor, where a number is too large for the
/// type.
StateDict with_dtype(const StateDict& state_dict, DType wanted);

}  // namespace imnet
