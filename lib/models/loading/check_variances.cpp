#include "models/loading/check_variances.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {

void check_variances(const Architecture& architecture, const Parameters& parameters,
                     std::string_view source) {
    std::unordered_map<std::string, float> eps_of;  // by the name of the running variance
    for (const Step& step : architecture.steps)
        if (step.operation == Operation::batch_norm) eps_of.emplace(step.module + ".running_var", step.eps);
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
        const auto eps = eps_of.find(architecture.parameters[i].name);
        if (eps == eps_of.end()) continue;
        const auto values = parameters.at(i);
        const auto bad = std::ranges::find_if(values, [&](float value) { return value + eps->second <= 0; });
        if (bad == values.end()) continue;
        throw ModelError(
            fmt::format("{}: the tensor '{}' holds the variance {}, below 0, so every prediction would be "
                        "NaN: use another checkpoint of the training",
                        source, eps->first, *bad));
    }
}

}  // namespace imnet
