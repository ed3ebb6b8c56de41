// The model that comes with the program: weights/starter.safetensors, installed beside the tables.
#pragma once

#include <filesystem>
#include <string_view>

namespace imnet {

/// Its name for `--model`. It is a trained net and not an architecture.
inline constexpr std::string_view bundled_model = "starter";

/// The path of its checkpoint in the build tree or installation that this program belongs to. Throws
/// ModelError where it is missing.
std::filesystem::path bundled_checkpoint();

}  // namespace imnet
