#include "models/loading/find_head.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "models/parameters.h"

namespace imnet {
namespace {

constexpr std::string_view weight_suffix = ".weight";

/// Whether it is the weight of a linear layer: [outputs, inputs], or a convolution 1×1 of the same meaning.
bool is_linear(const TensorView& tensor) {
    const auto& shape = tensor.shape;
    return shape.size() == 2 || (shape.size() == 4 && shape[2] == 1 && shape[3] == 1);
}

std::int64_t features_of(const Architecture& architecture) {
    for (const Parameter& parameter : architecture.parameters)
        if (parameter.name == architecture.head + ".weight") return parameter.shape.at(1);
    return 0;
}

const TensorView* find(const std::vector<NamedTensor>& tensors, std::string_view name) {
    const auto found = std::ranges::find(tensors, name, &NamedTensor::first);
    return found == tensors.end() ? nullptr : found->second;
}

/// The tensors that belong to the same module beside the network.
std::size_t tensors_in(const std::vector<NamedTensor>& others, const std::string& module,
                       std::string_view prefix) {
    return static_cast<std::size_t>(std::ranges::count_if(others, [&](const NamedTensor& other) {
        return module_beside(other.first, prefix) == module && !other.second->shape.empty();
    }));
}

/// The name of a tensor that takes the outputs of the layer: a linear layer with as many inputs, or a queue
/// of such outputs. Empty where there is none.
std::string taker_of(const std::vector<NamedTensor>& others, const Head& head) {
    const std::int64_t outputs = head.weight->shape[0];
    const std::int64_t inputs = head.weight->shape[1];
    for (const auto& [name, tensor] : others) {
        if (tensor == head.weight || tensor->shape.size() != 2) continue;
        const bool layer = name.ends_with(weight_suffix) && tensor->shape[1] == outputs && outputs != inputs;
        const bool queue = !name.ends_with(weight_suffix) && tensor->shape[0] == outputs &&
                           tensor->shape[1] > outputs && tensor->shape[1] != inputs;
        if (layer || queue) return name;
    }
    return {};
}

}  // namespace

std::string module_beside(std::string_view name, std::string_view prefix) {
    std::size_t shared = 0;
    for (std::size_t dot = prefix.find('.'); dot != std::string_view::npos; dot = prefix.find('.', dot + 1)) {
        if (!name.starts_with(prefix.substr(0, dot + 1))) break;
        shared = dot + 1;
    }
    return std::string(name.substr(0, name.find('.', shared)));
}

Head find_head(const Architecture& architecture, const std::vector<NamedTensor>& others,
               std::string_view prefix) {
    const std::int64_t features = features_of(architecture);
    const std::string usual = std::string(prefix) + architecture.head;
    Head best;
    std::string why_none;
    const auto reject = [&](std::string_view module, std::string why) {
        if (why_none.empty() || module.starts_with(prefix)) why_none = std::move(why);
    };
    for (const auto& [name, tensor] : others) {
        if (!name.ends_with(weight_suffix) || !is_linear(*tensor) || tensor->shape[1] != features) continue;
        Head head{name.substr(0, name.size() - weight_suffix.size()), tensor, nullptr, ""};
        head.bias = find(others, head.module + ".bias");
        const std::string module = module_beside(name, prefix);
        if (head.bias == nullptr || tensors_in(others, module, prefix) != 2) {
            reject(module, fmt::format("{} is not one linear layer, as a classifier is", module));
            continue;
        }
        if (const std::string taker = taker_of(others, head); !taker.empty()) {
            reject(module, fmt::format("{} is a projection, whose outputs {} takes", head.module, taker));
            continue;
        }
        if (best.weight == nullptr || head.module == usual) best = head;
    }
    if (best.weight == nullptr) best.why_none = why_none;
    return best;
}

}  // namespace imnet
