#pragma once

#include <string>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Writes the tensors to a safetensors file with the dtypes and values they have: contiguous,
/// little-endian, in the order of the state dict, behind a header padded to 8 bytes. The metadata is
/// kept where it is text. The file appears under its name when it is complete. Throws OutputError.
void write_safetensors(const std::string& path, const StateDict& state_dict);

/// A copy of the tensor's elements in their own dtype: contiguous and little-endian.
std::string contiguous_bytes(const TensorView& tensor);

}  // namespace imnet
