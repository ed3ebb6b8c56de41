// The metadata that this program writes into its checkpoints, which are safetensors files.
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

/// The key of the preprocessing in the metadata.
inline constexpr std::string_view preprocessing_key = "preprocessing";

/// `architecture`, `class_names`, `wnids` where all classes have them, `preprocessing`, and the `format` that
/// other programs expect.
std::vector<std::pair<std::string, std::string>> checkpoint_metadata(const Architecture& architecture,
                                                                     const ClassNames& class_names,
                                                                     const Preprocessing& preprocessing);

/// The preprocessing in such metadata; nothing where the text is not one.
std::optional<Preprocessing> parse_preprocessing(std::string_view text);

}  // namespace imnet
