#pragma once

#include "checkpoints/state_dict.h"

namespace imnet {

/// The same state dict with all tensors of floating point in another such type, rounded to nearest;
/// whole numbers and metadata stay. Throws ModelError, naming the tensor, where a number is too large for
/// the type.
StateDict with_dtype(const StateDict& state_dict, DType wanted);

}  // namespace imnet
