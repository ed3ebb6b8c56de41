// What checkpoints of this program say of themselves, in the metadata of a safetensors file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/architecture.h"
#include "models/class_names.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// Under this name metadata holds the recipe.
inline constexpr std::string_view preprocessing_key = "preprocessing";

/// `architecture`, `class_names`, `wnids` where the classes have them, `preprocessing`, and the `format`
/// that other programs want.
std::vector<std::pair<std::string, std::string>> checkpoint_metadata(const Architecture& architecture,
                                                                     const ClassNames& class_names,
                                                                     const Preprocessing& preprocessing);

/// The recipe in such metadata; nothing where the text is none.
std::optional<Preprocessing> parse_preprocessing(std::string_view text);

}  // namespace imnet
