// The safetensors format (Hugging Face, 2022):
//
//   8 bytes   length N of the header, little-endian, at most 100,000,000
//   N bytes   JSON object: `{"NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …}`
//             with texts under `__metadata__`; it may end in spaces
//   the rest  the tensors, row by row, little-endian; offsets count from here
//
// Refused, as the format demands: a header that is not UTF-8 JSON or does not start with `{`,
// duplicate keys, unknown or missing fields, offsets that leave gaps, overlap or do not end with the
// file, sizes that do not match shape and dtype, metadata that is not text.
#pragma once

#include <cstddef>
#include <span>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Whether the bytes start like a safetensors file.
bool is_safetensors(std::span<const std::byte> file);

/// Reads the tensors in the order of the header. Views point into `file`; the caller sets `owner`.
/// Throws ModelError.
StateDict read_safetensors(std::span<const std::byte> file);

}  // namespace imnet
