#include "models/split_architecture.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace imnet {
namespace {

bool is_head(const Architecture& architecture, const Parameter& parameter) {
    return std::string_view(parameter.name).starts_with(architecture.head + ".");
}

}  // namespace

Architecture backbone(const Architecture& architecture) {
    Architecture result = architecture;
    result.classes = architecture.steps.back().in_channels;
    result.steps.pop_back();
    std::erase_if(result.parameters,
                  [&](const Parameter& parameter) { return is_head(architecture, parameter); });
    return result;
}

Architecture head(const Architecture& architecture) {
    Architecture result = architecture;
    result.steps = {architecture.steps.back()};
    result.steps.front().input = 0;
    result.steps.front().output = 1;
    std::erase_if(result.parameters,
                  [&](const Parameter& parameter) { return !is_head(architecture, parameter); });
    return result;
}

std::vector<bool> parameters_to_train(const Architecture& architecture, int frozen_stages) {
    // torchvision's stages are layer1 … layer4, timm's are stages.0 … stages.3.
    const bool torchvision = architecture.type == "ResNet";
    std::vector<bool> trained;
    for (const Parameter& parameter : architecture.parameters) {
        const std::string_view name = parameter.name;
        const bool in_stem =
            torchvision ? name.starts_with("conv1.") || name.starts_with("bn1.") : name.starts_with("stem.");
        bool in_frozen_stage = false;
        for (int stage = 1; stage <= frozen_stages; ++stage) {
            in_frozen_stage |= name.starts_with(torchvision ? fmt::format("layer{}.", stage)
                                                            : fmt::format("stages.{}.", stage - 1));
        }
        trained.push_back(frozen_stages == 0 || (!in_stem && !in_frozen_stage));
    }
    return trained;
}

}  // namespace imnet
