#include "models/loading/find_network.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "checkpoints/key_layouts.h"
#include "models/architecture.h"
#include "models/parameters.h"
#include "models/recognise_architecture.h"

namespace imnet {
namespace {

constexpr std::size_t most_networks = 16;

bool is_of_head(const Architecture& architecture, std::string_view name) {
    return name.starts_with(architecture.head + ".");
}

/// The modules of the architecture that hold its body, without what is inside: `conv1`, `layer1` …
std::set<std::string_view> outer_modules(const Architecture& architecture) {
    std::set<std::string_view> modules;
    for (const Parameter& parameter : architecture.parameters) {
        const std::string_view name = parameter.name;
        if (!is_of_head(architecture, name)) modules.insert(name.substr(0, name.find('.')));
    }
    return modules;
}

/// Whether the tensors hold the whole body, and nothing more inside its modules.
bool body_fits(const Architecture& architecture, const StateDict& tensors) {
    std::map<std::string_view, const TensorView*> by_name;
    for (const auto& [name, tensor] : tensors.tensors) by_name.emplace(name, &tensor);
    for (const Parameter& parameter : architecture.parameters) {
        const auto node = by_name.extract(parameter.name);
        if (is_of_head(architecture, parameter.name)) continue;
        if (parameter.kind == ParameterKind::num_batches_tracked) continue;
        if (node.empty() || node.mapped()->shape != parameter.shape) return false;
    }
    const auto modules = outer_modules(architecture);
    return std::ranges::none_of(by_name, [&](const auto& rest) {
        return !is_of_head(architecture, rest.first) &&
               modules.contains(rest.first.substr(0, rest.first.find('.')));
    });
}

/// The view with the shape that the architecture gives to a head: [classes, features] or [classes, features,
/// 1, 1].
TensorView as_head(const TensorView& weight, std::size_t dimensions) {
    TensorView view = weight;
    view.shape.resize(2);
    view.strides.resize(2);
    view.shape.resize(dimensions, 1);
    view.strides.resize(dimensions, 1);
    return view;
}

/// A head of one class that is all zero. Training puts another in its place.
void add_empty_head(const Architecture& architecture, StateDict& tensors) {
    static constexpr std::array<std::byte, sizeof(float)> zero{};
    for (const Parameter& parameter : architecture.parameters) {
        if (!is_of_head(architecture, parameter.name)) continue;
        TensorView view{.shape = parameter.shape, .strides = {}, .bytes = zero};
        view.shape[0] = 1;
        view.strides.resize(view.shape.size(), 0);
        tensors.tensors.emplace_back(parameter.name, std::move(view));
    }
}

/// The network under the prefix, if its body fits the architecture.
FoundNetwork assemble(const Architecture& architecture, std::string_view name, const StateDict& all,
                      const std::string& prefix, const StateDict& under) {
    FoundNetwork found{prefix, name, {}, under, {}};
    std::set<std::string_view> body;
    for (const Parameter& parameter : architecture.parameters)
        if (!is_of_head(architecture, parameter.name)) body.insert(parameter.name);
    found.tensors.tensors.clear();
    std::set<const std::byte*> used;
    for (const auto& [tensor_name, tensor] : under.tensors) {
        if (!body.contains(tensor_name)) continue;
        found.tensors.tensors.emplace_back(tensor_name, tensor);
        used.insert(tensor.bytes.data());
    }
    std::vector<NamedTensor> others;
    for (const auto& [tensor_name, tensor] : all.tensors) {
        const bool of_body = tensor_name.starts_with(prefix) && used.contains(tensor.bytes.data());
        if (!of_body) others.emplace_back(tensor_name, &tensor);
    }
    found.head = find_head(architecture, others, prefix);
    const std::size_t dimensions =
        std::ranges::find(architecture.parameters, architecture.head + ".weight", &Parameter::name)
            ->shape.size();
    if (found.head.weight == nullptr) {
        add_empty_head(architecture, found.tensors);
    } else {
        found.tensors.tensors.emplace_back(architecture.head + ".weight",
                                           as_head(*found.head.weight, dimensions));
        found.tensors.tensors.emplace_back(architecture.head + ".bias", *found.head.bias);
    }
    for (const auto& [tensor_name, tensor] : others) {
        if (found.head.weight != nullptr && tensor_name.starts_with(found.head.module + ".")) continue;
        std::string module = module_beside(tensor_name, prefix);
        if (std::ranges::find(found.left_out, module) == found.left_out.end())
            found.left_out.push_back(std::move(module));
    }
    return found;
}

}  // namespace

std::vector<std::string> possible_prefixes(const StateDict& state_dict) {
    std::vector<std::string> prefixes{""};
    for (const auto& [name, tensor] : state_dict.tensors) {
        if (tensor.shape.size() != 4 || tensor.shape[1] != 3) continue;
        for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
            std::string prefix = name.substr(0, dot + 1);
            if (prefixes.size() < 4 * most_networks && std::ranges::find(prefixes, prefix) == prefixes.end())
                prefixes.push_back(std::move(prefix));
        }
    }
    return prefixes;
}

StateDict tensors_under(const StateDict& state_dict, std::string_view prefix) {
    StateDict under;
    under.owner = state_dict.owner;
    under.container = state_dict.container;
    under.metadata = state_dict.metadata;
    under.remarks = state_dict.remarks;
    for (const auto& [name, tensor] : state_dict.tensors)
        if (name.starts_with(prefix) && name.size() > prefix.size())
            under.tensors.emplace_back(name.substr(prefix.size()), tensor);
    use_native_names(under);
    return under;
}

std::vector<FoundNetwork> find_networks(const StateDict& state_dict, std::string_view only) {
    std::vector<FoundNetwork> networks;
    std::set<const std::byte*> seen;  // the first tensors of the networks: two names may mean one network
    for (const std::string& prefix : possible_prefixes(state_dict)) {
        const StateDict under = tensors_under(state_dict, prefix);
        std::vector<std::string_view> names = architectures_of_that_depth(under);
        if (!only.empty()) names = {only};
        for (const std::string_view name : names) {
            const Architecture described = architecture(name);
            if (!body_fits(described, under)) continue;
            FoundNetwork network = assemble(described, name, state_dict, prefix, under);
            if (networks.size() < most_networks &&
                seen.insert(network.tensors.tensors.front().second.bytes.data()).second)
                networks.push_back(std::move(network));
            break;
        }
    }
    return networks;
}

}  // namespace imnet
