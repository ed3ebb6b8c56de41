// The class names that a training checkpoint may hold beside the state dict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/pickle.h"

namespace imnet {

/// The key of the class names in the metadata: a JSON array of texts in index order.
inline constexpr std::string_view class_names_key = "class_names";

/// The key of the classes' WordNet ids in the metadata: a JSON array of texts of the same length.
inline constexpr std::string_view wnids_key = "wnids";

/// The class names in a training checkpoint: a list of texts under `classes` or `class_names`, or a
/// dict from each text to its index, 0, 1, 2 …, under `class_to_idx`, as torchvision's ImageFolder
/// makes it. Empty where there are none, or where they do not have this form or are not UTF-8.
std::vector<std::string> class_names_beside(const pickle::Dict& checkpoint);

}  // namespace imnet
