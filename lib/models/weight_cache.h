#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/published_weights.h"

namespace imnet {

/// The project's own cache: $IMNET_CACHE, else $XDG_CACHE_HOME/imnet, else ~/.cache/imnet.
std::filesystem::path weight_cache_folder();

/// The files that may hold these weights, in the order in which they are searched: the
/// project's own cache, torch hub's ($TORCH_HOME, else ~/.cache/torch), Hugging Face's
/// ($HF_HUB_CACHE, $HF_HOME/hub, else ~/.cache/huggingface/hub).
std::vector<std::filesystem::path> weight_cache_places(const PublishedWeights& weights);

/// The SHA-256 that was kept when the file was downloaded into the project's own cache; nothing for any
/// other file. Throws ModelError where FILE.sha256 is damaged.
std::optional<std::string> kept_sha256(const std::filesystem::path& file);

/// The first of these files that exists.
std::optional<std::filesystem::path> find_cached(const PublishedWeights& weights);

/// What to do to have these weights on this machine, for an error: "run 'imnet weights fetch …'".
std::string how_to_get(const PublishedWeights& weights);

/// The same; after the caches, the file that comes with the program (models/bundled_model.h) is considered.
std::optional<std::filesystem::path> find_checkpoint(const PublishedWeights& weights);

/// The same, where there has to be one. Throws ModelError that tells how to get it, and which model is here.
std::filesystem::path checkpoint_of(const PublishedWeights& weights);

}  // namespace imnet
