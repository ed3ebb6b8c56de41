#pragma once

#include <string>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Writes the tensors to a safetensors file with unchanged dtypes and values: contiguous, little-endian, in
/// the order of the state dict, after a header padded to 8 bytes. In the metadata, bytes that are
/// not UTF-8 become U+FFFD. The file
/// gets its name when it is complete. Throws OutputError.
void write_safetensors(const std::string& path, const StateDict& state_dict);

/// A copy of the tensor's elements in their own dtype: contiguous and little-endian.
std::string contiguous_bytes(const TensorView& tensor);

}  // namespace imnet
