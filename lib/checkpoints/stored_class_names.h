// The class names that people store beside a state dict.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/pickle.h"

namespace imnet {

/// Under this name metadata holds the class names, as a JSON array of texts in index order.
inline constexpr std::string_view class_names_key = "class_names";

/// Under this name metadata holds the classes' WordNet ids, as a JSON array of texts of the same length.
inline constexpr std::string_view wnids_key = "wnids";

/// The class names in a training checkpoint: a list of texts under `classes` or `class_names`, or a
/// dict from each text to its index, 0, 1, 2 …, under `class_to_idx`, as torchvision's ImageFolder
/// makes it. Empty where there are none, or where they are not of this form and UTF-8.
std::vector<std::string> class_names_beside(const pickle::Dict& checkpoint);

}  // namespace imnet
