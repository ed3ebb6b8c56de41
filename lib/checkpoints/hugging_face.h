// Checkpoints in several files, as the Hugging Face hub keeps them: a folder with `config.json` and
// the weights, which may be shards with an index `{"weight_map": {"TENSOR": "SHARD", …}}`.
//
// Refused: an index longer than 1 MB, shards outside the index's folder, tensors that are missing from
// the shard that the index names, and tensors that are in two shards.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Whether the bytes are such an index.
bool is_shard_index(std::span<const std::byte> file);

/// The names of the shards that an index names, sorted. Throws ModelError.
std::set<std::string> shards_of_index(std::span<const std::byte> index);

/// Reads one shard; the state dict owns its file.
using ReadShard = std::function<StateDict(const std::filesystem::path&)>;

/// The tensors of all shards of an index; `folder` is the folder of the index. Throws ModelError.
StateDict read_shards(std::span<const std::byte> index, const std::filesystem::path& folder,
                      const ReadShard& read_shard);

/// The file of weights in a folder: `model.safetensors`, `pytorch_model.bin` or their index. Throws
/// ModelError where there is none.
std::filesystem::path weights_in_folder(const std::filesystem::path& folder);

/// Adds the texts of the `config.json` and the `preprocessor_config.json` beside the weights, where they are
/// there, to the metadata under these names. Throws ModelError where one is longer than 16 MB or unreadable.
void add_configs(const std::filesystem::path& weights, StateDict& state_dict);

}  // namespace imnet
