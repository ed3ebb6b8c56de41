#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace imnet {

/// The known names that a mistyped name may have meant, the nearest first: those within a third of
/// its length in single-character edits (Levenshtein), at most three.
std::vector<std::string_view> nearest_names(std::string_view typed, std::span<const std::string_view> known);

}  // namespace imnet
