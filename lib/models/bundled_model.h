// The model that comes with the program: weights/starter.safetensors, installed beside the tables.
#pragma once

#include <filesystem>
#include <string_view>

namespace imnet {

/// What `--model` calls it. It is no architecture but a trained net, and only taken by this name.
inline constexpr std::string_view bundled_model = "starter";

/// Its checkpoint, in the build tree or the installation that this program is in. Throws ModelError
/// where there is none.
std::filesystem::path bundled_checkpoint();

}  // namespace imnet
