#pragma once

#include <filesystem>
#include <vector>

#include "checkpoints/state_dict.h"

namespace imnet {

struct CheckpointOptions {
    /// Of a training checkpoint that holds averaged weights (EMA) beside the plain ones, take those.
    bool prefer_ema = false;
    /// Leave the tensors' names as they are in the file, instead of giving them the architecture's
    /// (see key_layouts.h).
    bool keep_names = false;
};

/// Reads the state dict of a checkpoint: a file of torch.save in any of its forms, of safetensors, an
/// index of shards, or a folder as the Hugging Face hub keeps them. The container is told by the
/// bytes, not by the name. Files are mapped, not copied, and nothing in them is executed.
/// `metadata` holds the texts and numbers beside the state dict, and the `config.json` of a folder.
/// Throws ModelError with one line that names the file, what it is and what to do.
StateDict read_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options = {});

/// The files with tensors that `read_checkpoint` reads for this path: one, or an index of shards and
/// the shards. Throws ModelError.
std::vector<std::filesystem::path> checkpoint_files(const std::filesystem::path& path);

}  // namespace imnet
