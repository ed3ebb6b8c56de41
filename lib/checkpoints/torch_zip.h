// The zip form of torch.save (PyTorch 1.6 and later). In one folder of any name:
//
//   NAME/data.pkl    the object as a pickle, whose persistent ids name storages
//   NAME/data/KEY    the raw bytes of the storage KEY
//   NAME/byteorder   `little` or `big`; little where it is missing
//   NAME/version, NAME/.format_version …  not needed to read it
//
// Entries are not compressed, so tensors are views of the file. Refused: TorchScript archives (code/ and
// constants.pkl), storages whose record has another size than the pickle states, bytes that do not have
// the recorded CRC-32 (PyTorch does not check it, but a changed weight gives wrong predictions).
#pragma once

#include <cstddef>
#include <span>

#include "checkpoints/checkpoint.h"
#include "checkpoints/state_dict.h"

namespace imnet {

/// Reads the state dict. Its views point into `file`; the caller sets its `owner`. Throws ModelError.
StateDict read_torch_zip(std::span<const std::byte> file, const CheckpointOptions& options = {});

}  // namespace imnet
