#include "models/split_architecture.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace imnet {
namespace {

/// Whether the parameter belongs to the module of that path, or to one within.
bool within(const Parameter& parameter, std::string_view path) {
    const std::string_view name = parameter.name;
    return name.size() > path.size() && name.starts_with(path) && name[path.size()] == '.';
}

}  // namespace

Architecture backbone(const Architecture& architecture) {
    Architecture result = architecture;
    result.classes = architecture.steps.back().in_channels;
    result.steps.pop_back();
    std::erase_if(result.parameters,
                  [&](const Parameter& parameter) { return within(parameter, architecture.head); });
    return result;
}

Architecture head(const Architecture& architecture) {
    Architecture result = architecture;
    result.steps = {architecture.steps.back()};
    result.steps.front().input = 0;
    result.steps.front().output = 1;
    std::erase_if(result.parameters,
                  [&](const Parameter& parameter) { return !within(parameter, architecture.head); });
    return result;
}

std::vector<bool> parameters_to_train(const Architecture& architecture, int frozen_stages) {
    std::vector<std::string_view> frozen;
    if (frozen_stages > 0) {
        const auto count = std::min(static_cast<std::size_t>(frozen_stages), architecture.stages.size());
        frozen.assign(architecture.stem.begin(), architecture.stem.end());
        frozen.insert(frozen.end(), architecture.stages.begin(), architecture.stages.begin() + count);
    }
    std::vector<bool> trained;
    for (const Parameter& parameter : architecture.parameters) {
        trained.push_back(
            std::ranges::none_of(frozen, [&](std::string_view path) { return within(parameter, path); }));
    }
    return trained;
}

}  // namespace imnet
