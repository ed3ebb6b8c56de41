// Which of a model's classes a typed word means. It takes the model to tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/class_names.h"

namespace imnet::app {

/// The classes of that name, wnid or index. Throws UsageError, with the nearest names, where there is
/// none.
std::vector<int> resolve_classes(std::string_view option, const std::string& typed,
                                 const ClassNames& class_names);

/// The same where there may only be one.
int resolve_class(std::string_view option, const std::string& typed, const ClassNames& class_names);

}  // namespace imnet::app
