#include "resolve/resolve_class.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/nearest_names.h"

namespace imnet::app {

std::vector<int> resolve_classes(std::string_view option, const std::string& typed,
                                 const ClassNames& class_names) {
    std::vector<int> classes = find_classes(class_names, typed);
    if (!classes.empty()) return classes;
    std::vector<std::string_view> names;
    for (const ClassName& class_name : class_names) names.push_back(class_name.name);
    const auto nearest = nearest_names(typed, names);
    throw UsageError(fmt::format("{} {}: the model has no class of that name, wnid or index{}{}", option,
                                 typed, nearest.empty() ? "" : "; similar: ", fmt::join(nearest, ", ")));
}

int resolve_class(std::string_view option, const std::string& typed, const ClassNames& class_names) {
    const std::vector<int> classes = resolve_classes(option, typed, class_names);
    if (classes.size() == 1) return classes.front();
    throw UsageError(fmt::format("{} {}: {} classes have this name: give one of the indices {}", option,
                                 typed, classes.size(), fmt::join(classes, ", ")));
}

}  // namespace imnet::app
