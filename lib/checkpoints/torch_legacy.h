// The form of torch.save before PyTorch 1.6 (from 0.1.10 on), and later with
// `_use_new_zipfile_serialization=False`:
//
//   five pickles   the magic number 0x1950a86a20f9469cfc6c, the protocol 1001, facts about the machine
//                  that wrote the file, the object, and the list of the storages' keys
//   for each key   int64 count of elements, then their bytes, little-endian on every machine
//
// Nothing is aligned. Refused: keys that no persistent id of the object names, storages whose size differs
// from that in the ids, views that leave their storage.
#pragma once

#include <cstddef>
#include <span>

#include "checkpoints/checkpoint.h"
#include "checkpoints/state_dict.h"

namespace imnet {

/// Whether the bytes start with the pickled magic number.
bool is_torch_legacy(std::span<const std::byte> file);

/// Reads the state dict. Its views point into `file`; the caller sets its `owner`. Throws ModelError.
StateDict read_torch_legacy(std::span<const std::byte> file, const CheckpointOptions& options = {});

}  // namespace imnet
