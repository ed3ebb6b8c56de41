#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
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

/// `Tensor.normal_(0, deviation)` for a multiple of 16 elements, which all convolutions and timm's head have.
void fill_normal(std::span<float> tensor, double deviation, TorchGenerator& generator) {
    for (float& value : tensor) value = generator.rand();
    for (std::size_t i = 0; i < tensor.size(); i += 16)
        box_muller(tensor.subspan(i).first<16>(), static_cast<float>(deviation));
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

/// The bound of PyTorch's default initialisation of a linear layer, weight and bias: 1 / sqrt(fan_in).
double linear_bound(const Architecture& architecture) {
    const Step& head = architecture.steps.back();
    return 1.0 / std::sqrt(static_cast<double>(head.in_channels));
}

/// The weight of a head that does not keep PyTorch's default; its bias is 0.
void fill_head(const Architecture& architecture, std::span<float> weight, TorchGenerator& generator) {
    if (architecture.initialisation == Initialisation::timm_efficientnet) {
        fill_uniform(weight, 1.0 / std::sqrt(static_cast<double>(architecture.classes)), generator);
    } else {
        fill_normal(weight, 0.01, generator);
    }
}

}  // namespace

// A PyTorch constructor draws random numbers in two passes. First each layer draws its default weights when
// it is made. Then the network initialises layers again, in the order of `modules()`: all convolutions, and
// in timm also the head. torchvision keeps the head's default weights. So the
// numbers of the first pass are skipped, except those of torchvision's head, which is made last.
Parameters random_parameters(const Architecture& architecture, std::uint64_t seed) {
    const bool keeps_default_head = architecture.initialisation == Initialisation::torchvision_resnet;
    TorchGenerator generator(seed);
    for (const Parameter& parameter : architecture.parameters) {
        const bool drawn = parameter.operation == Operation::convolution ||
                           (parameter.operation == Operation::linear && !keeps_default_head);
        if (drawn) generator.skip(parameter.element_count());
    }
    // timm's builder of EfficientNets also makes two 1×1 convolutions over 8 channels, with biases, and drops
    // them: it tries out what arguments its class for squeeze-and-excitation takes.
    if (architecture.initialisation == Initialisation::timm_efficientnet) generator.skip(2 * (8 * 8 + 8));

    Parameters result;
    std::vector<std::span<float>> tensors;
    for (const Parameter& parameter : architecture.parameters) {
        const bool is_float = parameter.kind != ParameterKind::num_batches_tracked;
        const auto count = is_float ? static_cast<std::size_t>(parameter.element_count()) : 0;
        const auto memory = std::make_shared<float[]>(count);
        tensors.emplace_back(memory.get(), count);
        result.views_.emplace_back(memory.get(), count);
        result.owners_.push_back(memory);
    }

    for (std::size_t i = 0; keeps_default_head && i < tensors.size(); ++i)
        if (architecture.parameters[i].operation == Operation::linear)
            fill_uniform(tensors[i], linear_bound(architecture), generator);

    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const Parameter& parameter = architecture.parameters[i];
        const bool weight = parameter.kind == ParameterKind::weight;
        if (parameter.operation == Operation::convolution) {
            fill_normal(tensors[i], kaiming_deviation(architecture, parameter), generator);
        } else if (parameter.operation == Operation::linear && !keeps_default_head && weight) {
            fill_head(architecture, tensors[i], generator);
        } else if (parameter.operation == Operation::batch_norm &&
                   (weight || parameter.kind == ParameterKind::running_var)) {
            std::fill(tensors[i].begin(), tensors[i].end(), 1.0F);
        }
    }
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
