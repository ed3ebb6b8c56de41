#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace imnet {

/// Suggestions for a mistyped name, the nearest first: at most three known names whose Levenshtein
/// distance from it is at most a third of its length.
std::vector<std::string_view> nearest_names(std::string_view typed, std::span<const std::string_view> known);

}  // namespace imnet
