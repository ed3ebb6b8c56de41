#include "models/parameters.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "models/recognise_architecture.h"

namespace imnet {

namespace {

constexpr std::size_t listed = 3;  ///< names of each kind that an error shows

/// How a state dict differs from the parameters of an architecture.
struct Misfit {
    std::vector<std::string> missing;
    std::vector<std::string> unexpected;
    std::vector<std::string> misshapen;

    bool empty() const { return missing.empty() && unexpected.empty() && misshapen.empty(); }
};

std::map<std::string_view, const TensorView*> by_name(const StateDict& state_dict) {
    std::map<std::string_view, const TensorView*> tensors;
    for (const auto& [name, tensor] : state_dict.tensors) tensors.emplace(name, &tensor);
    return tensors;
}

Misfit compare(const Architecture& architecture, const StateDict& state_dict) {
    auto tensors = by_name(state_dict);
    Misfit misfit;
    for (const Parameter& parameter : architecture.parameters) {
        const auto node = tensors.extract(parameter.name);
        if (parameter.kind == ParameterKind::num_batches_tracked) continue;
        if (node.empty()) {
            misfit.missing.push_back(parameter.name);
        } else if (node.mapped()->shape != parameter.shape) {
            misfit.misshapen.push_back(fmt::format("{} is [{}], expected [{}]", parameter.name,
                                                   fmt::join(node.mapped()->shape, ", "),
                                                   fmt::join(parameter.shape, ", ")));
        }
    }
    for (const auto& [name, tensor] : state_dict.tensors)
        if (tensors.contains(name)) misfit.unexpected.push_back(name);
    return misfit;
}

std::string list(const std::vector<std::string>& names, std::string_view what) {
    const std::size_t shown = std::min(names.size(), listed);
    return fmt::format("{} {} ({}{})", names.size(), what,
                       fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                       names.size() > shown ? ", …" : "");
}

std::string describe(const Misfit& misfit) {
    std::vector<std::string> parts;
    if (!misfit.missing.empty()) parts.push_back(list(misfit.missing, "missing"));
    if (!misfit.unexpected.empty()) parts.push_back(list(misfit.unexpected, "unexpected"));
    if (!misfit.misshapen.empty()) parts.push_back(list(misfit.misshapen, "of another shape"));
    return fmt::format("{}", fmt::join(parts, ", "));
}

/// Whether the bytes are contiguous, aligned float32 in this machine's byte order.
bool usable_in_place(const TensorView& tensor) {
    return std::endian::native == std::endian::little && tensor.dtype == DType::float32 &&
           !tensor.big_endian && tensor.is_contiguous() &&
           reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % alignof(float) == 0;
}

}  // namespace

std::span<const float> Parameters::at(const Architecture& architecture, std::string_view name) const {
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i)
        if (architecture.parameters[i].name == name) return views_.at(i);
    throw std::out_of_range(fmt::format("{} has no parameter '{}'", architecture.name, name));
}

std::size_t count_misfits(const Architecture& architecture, const StateDict& state_dict) {
    const Misfit misfit = compare(architecture, state_dict);
    return misfit.missing.size() + misfit.unexpected.size() + misfit.misshapen.size();
}

std::string describe_misfit(const Architecture& architecture, const StateDict& state_dict) {
    return describe(compare(architecture, state_dict));
}

bool fits(const Architecture& architecture, const StateDict& state_dict) {
    return compare(architecture, state_dict).empty();
}

Parameters bind_parameters(const Architecture& architecture, const StateDict& state_dict,
                           std::string_view source) {
    if (const Misfit misfit = compare(architecture, state_dict); !misfit.empty()) {
        const auto others = fitting_architectures(state_dict);
        throw ModelError(fmt::format("{} does not fit {}: {}{}", source, architecture.name, describe(misfit),
                                     others.empty()
                                         ? ""
                                         : fmt::format("; it looks like {}: use --model {}",
                                                       fmt::join(others, " or "), others.front())));
    }
    Parameters parameters;
    parameters.owners_.push_back(state_dict.owner);
    const auto tensors = by_name(state_dict);
    for (const Parameter& parameter : architecture.parameters) {
        if (parameter.kind == ParameterKind::num_batches_tracked) {
            parameters.views_.emplace_back();
            continue;
        }
        const TensorView& tensor = *tensors.at(parameter.name);
        const auto count = static_cast<std::size_t>(parameter.element_count());
        if (usable_in_place(tensor)) {
            parameters.views_.emplace_back(reinterpret_cast<const float*>(tensor.bytes.data()), count);
            continue;
        }
        const auto converted = std::make_shared<float[]>(count);
        to_float32(tensor, {converted.get(), count});
        parameters.views_.emplace_back(converted.get(), count);
        parameters.owners_.push_back(converted);
    }
    return parameters;
}

int head_classes(const Architecture& architecture, const StateDict& state_dict) {
    const TensorView* weight = state_dict.find(architecture.head + ".weight");
    if (weight == nullptr || weight->shape.empty()) return 0;
    const std::int64_t classes = weight->shape.front();
    return classes <= std::numeric_limits<int>::max() ? static_cast<int>(classes) : 0;
}

}  // namespace imnet
