// Finds the class of a model that a typed word means. The class names of the model are needed for this.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/class_names.h"

namespace imnet::app {

/// The classes with that name, wnid or index. Throws UsageError, with the nearest names, if there is none.
std::vector<int> resolve_classes(std::string_view option, const std::string& typed,
                                 const ClassNames& class_names);

/// The same, but throws UsageError if there is more than one.
int resolve_class(std::string_view option, const std::string& typed, const ClassNames& class_names);

}  // namespace imnet::app
