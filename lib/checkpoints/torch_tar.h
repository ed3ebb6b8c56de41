// torch.save's first form (PyTorch 0.1.0 to 0.1.9): a tar archive of
//
//   storages  pickled count; for each a pickle (key, location, type), int64 count, bytes; then a
//             pickled list of views (key, key of the whole, offset, count)
//   tensors   pickled count; for each a pickle (key, storage's key, type), int32 dimensions, 4 bytes
//             of nothing, int64 sizes, int64 strides, int64 offset
//   pickle    the object, whose persistent ids are tensors' keys
//   sys_info  facts of the writing machine
//
// All numbers are little-endian, nothing is aligned. Every claim is checked as in the later forms.
#pragma once

#include <cstddef>
#include <span>

#include "checkpoints/checkpoint.h"
#include "checkpoints/state_dict.h"

namespace imnet {

/// Reads the state dict; its views point into `file`, its `owner` is left to the caller. Throws
/// ModelError.
StateDict read_torch_tar(std::span<const std::byte> file, const CheckpointOptions& options = {});

}  // namespace imnet
