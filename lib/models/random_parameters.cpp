#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "base/torch_generator.h"
#include "models/parameters.h"

namespace imnet {

namespace {

/// `torch.nn.init.uniform_(tensor, -bound, bound)`.
void fill_uniform(std::span<float> tensor, double bound, TorchGenerator& generator) {
    for (float& value : tensor) value = generator.uniform(-bound, bound);
}

/// The Box-Muller transform as PyTorch does it: uniform numbers j (radius) and j + 8 (angle) become two
/// normally distributed ones.
void box_muller(std::span<float, 16> values, float deviation) {
    for (int j = 0; j < 8; ++j) {
        const float radius = std::sqrt(-2.0F * std::log(1.0F - values[j]));
        const float angle = 2.0F * std::numbers::pi_v<float> * values[j + 8];
        values[j] = radius * std::cos(angle) * deviation;
        values[j + 8] = radius * std::sin(angle) * deviation;
    }
}

/// `Tensor.normal_(0, deviation)` for at least 16 elements, which all convolutions and timm's head have.
void fill_normal(std::span<float> tensor, double deviation, TorchGenerator& generator) {
    const auto scale = static_cast<float>(deviation);
    for (float& value : tensor) value = generator.rand();
    for (std::size_t i = 0; i + 16 <= tensor.size(); i += 16)
        box_muller(tensor.subspan(i).first<16>(), scale);
    if (tensor.size() % 16 == 0) return;
    const std::span<float, 16> rest = tensor.last<16>();  // PyTorch draws the last 16 again
    for (float& value : rest) value = generator.rand();
    box_muller(rest, scale);
}

int groups_of(const Architecture& architecture, const Parameter& weight) {
    const std::string_view module = std::string_view(weight.name).substr(0, weight.name.rfind('.'));
    return std::ranges::find(architecture.steps, module, &Step::module)->groups;
}

/// Standard deviation of `kaiming_normal_(mode="fan_out", nonlinearity="relu")`: sqrt(2 / fan_out). PyTorch's
/// fan_out counts the outputs of all groups, that of TensorFlow and timm's EfficientNets those of one group.
double kaiming_deviation(const Architecture& architecture, const Parameter& weight) {
    const std::int64_t fan_out = weight.element_count() / weight.shape[1];
    if (architecture.initialisation != Initialisation::timm_efficientnet)
        return std::sqrt(2.0) / std::sqrt(static_cast<double>(fan_out));
    return std::sqrt(2.0 / static_cast<double>(fan_out / groups_of(architecture, weight)));
}

/// The bound of PyTorch's default initialisation of a layer, weight and bias: 1 / sqrt(fan_in).
double default_bound(std::int64_t fan_in) { return 1.0 / std::sqrt(static_cast<double>(fan_in)); }

double linear_bound(const Architecture& architecture) {
    return default_bound(architecture.steps.back().in_channels);
}

/// A bias stands behind its weight, [outputs, inputs, …].
std::int64_t fan_in(const Architecture& architecture, std::size_t parameter) {
    const bool bias = architecture.parameters[parameter].kind == ParameterKind::bias;
    const Parameter& weight = architecture.parameters[bias ? parameter - 1 : parameter];
    return weight.element_count() / weight.shape[0];
}

/// Whether the layer that owns the parameter draws it when it is made.
bool is_drawn(const Parameter& parameter) {
    switch (parameter.operation) {
        case Operation::convolution:
        case Operation::linear:
        case Operation::squeeze_excitation:
        case Operation::channel_attention: return true;
        default: return false;
    }
}

/// Whether the parameter keeps what its layer drew when it was made. timm's ResNets, too, draw again only the
/// weights of two-dimensional convolutions.
bool keeps_default(const Architecture& architecture, const Parameter& parameter) {
    const bool head = parameter.operation == Operation::linear;
    if (architecture.initialisation == Initialisation::torchvision_resnet) return head;
    return architecture.initialisation == Initialisation::timm_resnet &&
           (head || parameter.operation == Operation::channel_attention ||
            (parameter.operation == Operation::squeeze_excitation && parameter.kind == ParameterKind::bias));
}

/// The order in which the constructor makes the layers: a shortcut before the block that owns it.
std::vector<std::size_t> construction_order(const Architecture& architecture) {
    constexpr std::string_view shortcut = ".downsample.";
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
        const std::string_view name = architecture.parameters[i].name;
        const std::size_t cut = name.find(shortcut);
        auto place = order.end();
        if (cut != std::string_view::npos) {
            const std::string_view block = name.substr(0, cut + 1);
            place = std::ranges::find_if(order, [&](std::size_t earlier) {
                const std::string_view other = architecture.parameters[earlier].name;
                return other.starts_with(block) && other.find(shortcut) == std::string_view::npos;
            });
        }
        order.insert(place, i);
    }
    return order;
}

/// The norms that end the branch of a block. timm's ResNets start them with a weight of 0, so that each block
/// passes its input on.
std::set<std::string_view> last_norms(const Architecture& architecture) {
    std::set<std::string_view> modules;
    if (architecture.initialisation != Initialisation::timm_resnet) return modules;
    for (const Step& step : architecture.steps) {
        if (step.operation != Operation::add) continue;
        const Step* last = &architecture.steps[static_cast<std::size_t>(step.input) - 1];
        if (last->operation == Operation::squeeze_excitation ||
            last->operation == Operation::channel_attention)
            last = &architecture.steps[static_cast<std::size_t>(last->input) - 1];
        modules.insert(last->module);
    }
    return modules;
}

/// Keras's GlorotUniform: the bound √(6 / (fan_in + fan_out)) of a layer's weight, [outputs, inputs, …].
double glorot_bound(const Parameter& weight) {
    const std::int64_t taps = weight.element_count() / (weight.shape[0] * weight.shape[1]);
    return std::sqrt(6.0 / static_cast<double>(taps * (weight.shape[0] + weight.shape[1])));
}

/// The weight of a head that does not keep PyTorch's default; its bias is 0.
void fill_head(const Architecture& architecture, std::span<float> weight, TorchGenerator& generator) {
    if (architecture.initialisation == Initialisation::timm_efficientnet) {
        fill_uniform(weight, 1.0 / std::sqrt(static_cast<double>(architecture.classes)), generator);
    } else {
        fill_normal(weight, 0.01, generator);
    }
}

/// Zeros for each parameter.
std::vector<std::span<float>> allocate(const Architecture& architecture,
                                       std::vector<std::shared_ptr<float[]>>& owners) {
    std::vector<std::span<float>> tensors;
    for (const Parameter& parameter : architecture.parameters) {
        const bool is_float = parameter.kind != ParameterKind::num_batches_tracked;
        const auto count = is_float ? static_cast<std::size_t>(parameter.element_count()) : 0;
        owners.push_back(std::make_shared<float[]>(count));
        tensors.emplace_back(owners.back().get(), count);
    }
    return tensors;
}

/// First pass: each layer draws its own default when it is made.
void draw_defaults(const Architecture& architecture, std::span<const std::span<float>> tensors,
                   TorchGenerator& generator) {
    if (architecture.initialisation == Initialisation::keras) return;  // its layers are drawn once
    for (const std::size_t i : construction_order(architecture)) {
        const Parameter& parameter = architecture.parameters[i];
        if (!is_drawn(parameter)) continue;
        if (keeps_default(architecture, parameter)) {
            fill_uniform(tensors[i], default_bound(fan_in(architecture, i)), generator);
        } else {
            generator.skip(parameter.element_count());
        }
    }
    // timm's builder of EfficientNets also makes two 1×1 convolutions over 8 channels, with biases, and drops
    // them: it tries out what arguments its class for squeeze-and-excitation takes.
    if (architecture.initialisation == Initialisation::timm_efficientnet) generator.skip(2 * (8 * 8 + 8));
}

/// Second pass: the network draws layers again, in the order of `modules()`.
void draw_again(const Architecture& architecture, std::span<const std::span<float>> tensors,
                TorchGenerator& generator) {
    const std::set<std::string_view> zeroed = last_norms(architecture);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const Parameter& parameter = architecture.parameters[i];
        const std::string_view module = std::string_view(parameter.name).substr(0, parameter.name.rfind('.'));
        const bool weight = parameter.kind == ParameterKind::weight;
        if (is_drawn(parameter)) {
            if (!weight || keeps_default(architecture, parameter)) continue;
            if (architecture.initialisation == Initialisation::keras) {
                fill_uniform(tensors[i], glorot_bound(parameter), generator);
            } else if (parameter.operation == Operation::linear) {
                fill_head(architecture, tensors[i], generator);
            } else {
                fill_normal(tensors[i], kaiming_deviation(architecture, parameter), generator);
            }
        } else if (parameter.kind == ParameterKind::running_var || parameter.kind == ParameterKind::gate ||
                   (weight && !zeroed.contains(module))) {
            std::ranges::fill(tensors[i], 1.0F);
        }
    }
}

}  // namespace

// A PyTorch constructor draws random numbers in two passes, so the numbers of the first pass that are drawn
// again are skipped.
Parameters random_parameters(const Architecture& architecture, std::uint64_t seed) {
    TorchGenerator generator(seed);
    std::vector<std::shared_ptr<float[]>> owners;
    const std::vector<std::span<float>> tensors = allocate(architecture, owners);
    draw_defaults(architecture, tensors, generator);
    draw_again(architecture, tensors, generator);

    Parameters result;
    result.views_.assign(tensors.begin(), tensors.end());
    result.owners_.assign(owners.begin(), owners.end());
    return result;
}

Parameters with_new_head(const Architecture& architecture, const Parameters& parameters, std::uint64_t seed) {
    Parameters result = parameters;
    TorchGenerator generator(seed);
    for (std::size_t i = 0; i < architecture.parameters.size(); ++i) {
        const Parameter& parameter = architecture.parameters[i];
        if (parameter.operation != Operation::linear) continue;
        const auto count = static_cast<std::size_t>(parameter.element_count());
        const auto memory = std::make_shared<float[]>(count);
        fill_uniform({memory.get(), count}, linear_bound(architecture), generator);
        result.views_.at(i) = {memory.get(), count};
        result.owners_.push_back(memory);
    }
    return result;
}

}  // namespace imnet
