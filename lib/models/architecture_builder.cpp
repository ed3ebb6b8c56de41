#include "models/architecture_builder.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace imnet {

namespace {

/// `Conv2d.extra_repr()`: `3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False`.
std::string convolution_details(const Step& step) {
    const int kernel = step.window.kernel, stride = step.window.stride, padding = step.window.padding;
    std::string text = fmt::format("{}, {}, kernel_size=({}, {}), stride=({}, {})", step.in_channels,
                                   step.out_channels, kernel, kernel, stride, stride);
    if (!step.window.same && padding != 0) text += fmt::format(", padding=({}, {})", padding, padding);
    if (step.groups != 1) text += fmt::format(", groups={}", step.groups);
    if (!step.bias) text += ", bias=False";
    return text;
}

}  // namespace

ArchitectureBuilder::ArchitectureBuilder(std::string_view name, std::string_view type,
                                         Initialisation initialisation, int classes) {
    net_.name = name;
    net_.type = type;
    net_.initialisation = initialisation;
    net_.classes = classes;
    module("", type);
}

void ArchitectureBuilder::module(std::string_view path, std::string_view type, std::string_view details) {
    net_.modules.push_back({std::string(path), std::string(type), std::string(details)});
}

void ArchitectureBuilder::stage(std::string_view path, std::string_view type) {
    module(path, type);
    net_.stages.emplace_back(path);
}

void ArchitectureBuilder::tensor(std::string_view path, std::string_view field,
                                 std::vector<std::int64_t> shape, ParameterKind kind, Operation operation) {
    net_.parameters.push_back({fmt::format("{}.{}", path, field), std::move(shape), kind, operation});
}

void ArchitectureBuilder::convolution(std::string_view path, int in_channels, int out_channels, int kernel,
                                      int stride, int groups) {
    convolution(path, "Conv2d",
                {.operation = Operation::convolution,
                 .module = std::string(path),
                 .in_channels = in_channels,
                 .out_channels = out_channels,
                 .window = {.kernel = kernel, .stride = stride, .padding = kernel / 2},
                 .groups = groups});
}

void ArchitectureBuilder::biased_convolution(std::string_view path, int in_channels, int out_channels,
                                             int kernel, int stride) {
    convolution(path, "Conv2d",
                {.operation = Operation::convolution,
                 .module = std::string(path),
                 .in_channels = in_channels,
                 .out_channels = out_channels,
                 .window = {.kernel = kernel, .stride = stride, .padding = kernel / 2},
                 .bias = true});
}

void ArchitectureBuilder::same_convolution(std::string_view path, int in_channels, int out_channels,
                                           int kernel, int stride, int groups) {
    convolution(path, "Conv2dSame",
                {.operation = Operation::convolution,
                 .module = std::string(path),
                 .in_channels = in_channels,
                 .out_channels = out_channels,
                 .window = {.kernel = kernel, .stride = stride, .same = true},
                 .groups = groups});
}

void ArchitectureBuilder::standardised_convolution(std::string_view path, int in_channels, int out_channels,
                                                   int kernel, int stride, float eps) {
    convolution(path, "StdConv2d",
                {.operation = Operation::convolution,
                 .module = std::string(path),
                 .in_channels = in_channels,
                 .out_channels = out_channels,
                 .window = {.kernel = kernel, .stride = stride, .padding = kernel / 2},
                 .standardised = true,
                 .eps = eps});
}

void ArchitectureBuilder::layer(std::string_view path, Step step) {
    step.module = path;
    layers_.emplace(path, std::move(step));
}

void ArchitectureBuilder::convolution(std::string_view path, std::string_view type, Step step) {
    module(path, type, convolution_details(step));
    tensor(path, "weight",
           {step.out_channels, step.in_channels / step.groups, step.window.kernel, step.window.kernel},
           ParameterKind::weight, Operation::convolution);
    if (step.bias) tensor(path, "bias", {step.out_channels}, ParameterKind::bias, Operation::convolution);
    layers_.emplace(path, std::move(step));
}

void ArchitectureBuilder::batch_norm(std::string_view path, int channels, std::string_view type, float eps) {
    module(path, type,
           fmt::format("{}, eps={}, momentum=0.1, affine=True, track_running_stats=True", channels, eps));
    tensor(path, "weight", {channels}, ParameterKind::weight, Operation::batch_norm);
    tensor(path, "bias", {channels}, ParameterKind::bias, Operation::batch_norm);
    tensor(path, "running_mean", {channels}, ParameterKind::running_mean, Operation::batch_norm);
    tensor(path, "running_var", {channels}, ParameterKind::running_var, Operation::batch_norm);
    tensor(path, "num_batches_tracked", {}, ParameterKind::num_batches_tracked, Operation::batch_norm);
    layers_.emplace(path, Step{.operation = Operation::batch_norm,
                               .module = std::string(path),
                               .in_channels = channels,
                               .out_channels = channels,
                               .eps = eps});
}

void ArchitectureBuilder::batch_norm_act(std::string_view path, int channels, Activation activation,
                                         float eps) {
    batch_norm(path, channels, "BatchNormAct2d", eps);
    module(fmt::format("{}.drop", path), "Identity");
    this->activation(fmt::format("{}.act", path), activation);
}

void ArchitectureBuilder::group_norm(std::string_view path, int groups, int channels, std::string_view type) {
    constexpr float eps = 1e-5F;
    module(path, type, fmt::format("{}, {}, eps={}, affine=True", groups, channels, eps));
    tensor(path, "weight", {channels}, ParameterKind::weight, Operation::group_norm);
    tensor(path, "bias", {channels}, ParameterKind::bias, Operation::group_norm);
    layer(path, {.operation = Operation::group_norm,
                 .in_channels = channels,
                 .out_channels = channels,
                 .groups = groups,
                 .eps = eps});
}

void ArchitectureBuilder::group_norm_act(std::string_view path, int groups, int channels,
                                         Activation activation) {
    group_norm(path, groups, channels, "GroupNormAct");
    module(fmt::format("{}.drop", path), "Identity");
    this->activation(fmt::format("{}.act", path), activation);
}

void ArchitectureBuilder::evo_norm(std::string_view path, int groups, int channels) {
    module(path, "EvoNorm2dS0");
    tensor(path, "weight", {channels}, ParameterKind::weight, Operation::evo_norm);
    tensor(path, "bias", {channels}, ParameterKind::bias, Operation::evo_norm);
    tensor(path, "v", {channels}, ParameterKind::gate, Operation::evo_norm);
    layer(path, {.operation = Operation::evo_norm,
                 .in_channels = channels,
                 .out_channels = channels,
                 .groups = groups,
                 .eps = 1e-5F});
}

void ArchitectureBuilder::squeeze_excitation(std::string_view path, int channels, int reduced_channels) {
    const auto dense = [&](std::string_view name, int in, int out) {
        const std::string layer_path = fmt::format("{}.{}", path, name);
        module(layer_path, "Conv2d", fmt::format("{}, {}, kernel_size=(1, 1), stride=(1, 1)", in, out));
        tensor(layer_path, "weight", {out, in, 1, 1}, ParameterKind::weight, Operation::squeeze_excitation);
        tensor(layer_path, "bias", {out}, ParameterKind::bias, Operation::squeeze_excitation);
    };
    module(path, "SEModule");
    dense("fc1", channels, reduced_channels);
    module(fmt::format("{}.bn", path), "Identity");
    module(fmt::format("{}.act", path), "ReLU", "inplace=True");
    dense("fc2", reduced_channels, channels);
    module(fmt::format("{}.gate", path), "Sigmoid");
    layer(path, {.operation = Operation::squeeze_excitation,
                 .in_channels = channels,
                 .out_channels = channels,
                 .reduced_channels = reduced_channels});
}

void ArchitectureBuilder::channel_attention(std::string_view path, int channels, int kernel) {
    const std::string convolution_path = fmt::format("{}.conv", path);
    module(path, "EcaModule");
    module(
        convolution_path, "Conv1d",
        fmt::format("1, 1, kernel_size=({},), stride=(1,), padding=({},), bias=False", kernel, kernel / 2));
    tensor(convolution_path, "weight", {1, 1, kernel}, ParameterKind::weight, Operation::channel_attention);
    module(fmt::format("{}.gate", path), "Sigmoid");
    layer(path, {.operation = Operation::channel_attention,
                 .in_channels = channels,
                 .out_channels = channels,
                 .window = {.kernel = kernel}});
}

void ArchitectureBuilder::activation(std::string_view path, Activation activation) {
    switch (activation) {
        case Activation::none: module(path, "Identity"); return;
        case Activation::relu: module(path, "ReLU", "inplace=True"); break;
        case Activation::relu6: module(path, "ReLU6", "inplace=True"); break;
    }
    layers_.emplace(
        path,
        Step{.operation = Operation::activation, .module = std::string(path), .activation = activation});
}

void ArchitectureBuilder::max_pool(std::string_view path, int stride, int kernel) {
    module(path, "MaxPool2d",
           fmt::format("kernel_size={}, stride={}, padding={}, dilation=1, ceil_mode=False", kernel, stride,
                       kernel / 2));
    layer(path, {.operation = Operation::max_pool,
                 .window = {.kernel = kernel, .stride = stride, .padding = kernel / 2}});
}

void ArchitectureBuilder::zero_padded_max_pool(std::string_view pad, std::string_view path) {
    module(pad, "ConstantPad2d", "padding=(1, 1, 1, 1), value=0.0");
    module(path, "MaxPool2d", "kernel_size=3, stride=2, padding=0, dilation=1, ceil_mode=False");
    layer(path, {.operation = Operation::max_pool,
                 .window = {.kernel = 3, .stride = 2, .padding = 1, .zeros = true}});
}

void ArchitectureBuilder::average_pool(std::string_view path, bool ceil_mode) {
    module(path, "AvgPool2d", "kernel_size=2, stride=2, padding=0");
    layer(path, {.operation = Operation::average_pool,
                 .window = {.kernel = 2, .stride = 2, .ceil_mode = ceil_mode}});
}

void ArchitectureBuilder::blur_pool(std::string_view path) {
    module(path, "BlurPool2d");
    layer(path, {.operation = Operation::blur_pool, .window = {.kernel = 3, .stride = 2, .padding = 1}});
}

void ArchitectureBuilder::global_average_pool(std::string_view path, std::string_view type,
                                              std::string_view details) {
    module(path, type, details);
    layers_.emplace(path, Step{.operation = Operation::global_average_pool, .module = std::string(path)});
}

void ArchitectureBuilder::linear_head(std::string_view path, int in_features) {
    head(path, "Linear", fmt::format("in_features={}, out_features={}, bias=True", in_features, net_.classes),
         {net_.classes, in_features});
}

void ArchitectureBuilder::convolution_head(std::string_view path, int in_features) {
    head(path, "Conv2d", fmt::format("{}, {}, kernel_size=(1, 1), stride=(1, 1)", in_features, net_.classes),
         {net_.classes, in_features, 1, 1});
}

void ArchitectureBuilder::head(std::string_view path, std::string_view type, std::string_view details,
                               std::vector<std::int64_t> weight_shape) {
    net_.head = path;
    module(path, type, details);
    const auto in_features = static_cast<int>(weight_shape[1]);
    tensor(path, "weight", std::move(weight_shape), ParameterKind::weight, Operation::linear);
    tensor(path, "bias", {net_.classes}, ParameterKind::bias, Operation::linear);
    layers_.emplace(path, Step{.operation = Operation::linear,
                               .module = std::string(path),
                               .in_channels = in_features,
                               .out_channels = net_.classes,
                               .bias = true});
}

int ArchitectureBuilder::apply(std::string_view path, int input) {
    Step step = layers_.find(path)->second;
    step.input = input;
    step.output = static_cast<int>(net_.steps.size()) + 1;
    // ReLU and pooling do not change the number of channels.
    if (step.out_channels == 0 && input > 0) {
        step.in_channels = net_.steps[input - 1].out_channels;
        step.out_channels = step.in_channels;
    }
    net_.steps.push_back(std::move(step));
    return net_.steps.back().output;
}

int ArchitectureBuilder::apply_norm_act(std::string_view path, int input) {
    const int normalised = apply(path, input);
    const std::string activation = fmt::format("{}.act", path);
    return layers_.contains(activation) ? apply(activation, normalised) : normalised;
}

int ArchitectureBuilder::add(std::string_view block, int input, int other) {
    const int channels = net_.steps[input - 1].out_channels;
    net_.steps.push_back({.operation = Operation::add,
                          .module = std::string(block),
                          .input = input,
                          .other = other,
                          .output = static_cast<int>(net_.steps.size()) + 1,
                          .in_channels = channels,
                          .out_channels = channels});
    return net_.steps.back().output;
}

}  // namespace imnet
