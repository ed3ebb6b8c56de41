// torch.save's form before PyTorch 1.6, and with `_use_new_zipfile_serialization=False` since:
//
//   five pickles   the magic number 0x1950a86a20f9469cfc6c, the protocol 1001, facts of the writing
//                  machine, the object, and the list of the storages' keys
//   per key        int64 count of elements, then their bytes, little-endian on every machine
//
// Nothing is aligned. Refused: keys that no persistent id of the object names, storages of another
// size than the ids claim, views that leave their storage.
#pragma once

#include <cstddef>
#include <span>

#include "checkpoints/checkpoint.h"
#include "checkpoints/state_dict.h"

namespace imnet {

/// Whether the bytes start with the pickled magic number.
bool is_torch_legacy(std::span<const std::byte> file);

/// Reads the state dict; its views point into `file`, its `owner` is left to the caller. Throws
/// ModelError.
StateDict read_torch_legacy(std::span<const std::byte> file, const CheckpointOptions& options = {});

}  // namespace imnet
