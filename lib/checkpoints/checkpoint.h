#pragma once

#include <filesystem>
#include <vector>

#include "checkpoints/state_dict.h"

namespace imnet {

struct CheckpointOptions {
    /// Take the averaged weights (EMA) of a training checkpoint that holds both them and the plain ones.
    bool prefer_ema = false;
    /// Keep the tensors' names of the file instead of translating them to those of the architecture (see
    /// key_layouts.h).
    bool keep_names = false;
};

/// Reads the state dict of a checkpoint: a file of torch.save (of PyTorch 0.1.10 or later), of
/// safetensors, an index of shards, or a folder as the Hugging Face hub keeps them. The container is
/// recognised by its bytes, not by its name. Files are mapped, not copied, and nothing in them is executed.
/// `metadata` gets the texts and numbers that the file holds beside the state dict, and the `config.json` and
/// `preprocessor_config.json` of a folder.
/// Throws ModelError with one line that names the file, what it is and what to do.
StateDict read_checkpoint(const std::filesystem::path& path, const CheckpointOptions& options = {});

/// The files that `read_checkpoint` reads tensors from for this path: one file, or an index of shards
/// and the shards. Throws ModelError.
std::vector<std::filesystem::path> checkpoint_files(const std::filesystem::path& path);

}  // namespace imnet
