#include "base/nearest_names.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace imnet {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t substitution = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = std::exchange(row[j + 1], std::min({substitution, row[j] + 1, row[j + 1] + 1}));
        }
    }
    return row.back();
}

}  // namespace

std::vector<std::string_view> nearest_names(std::string_view typed, std::span<const std::string_view> known) {
    std::vector<std::pair<std::size_t, std::string_view>> near;
    for (const std::string_view name : known) {
        const std::size_t distance = edit_distance(typed, name);
        if (distance <= std::max<std::size_t>(1, typed.size() / 3)) near.emplace_back(distance, name);
    }
    std::ranges::stable_sort(near, {}, [](const auto& entry) { return entry.first; });
    if (near.size() > 3) near.resize(3);
    std::vector<std::string_view> names;
    for (const auto& entry : near) names.push_back(entry.second);
    return names;
}

}  // namespace imnet
