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

void ArchitectureBuilder::convolution(std::string_view path, std::string_view type, Step step) {
    module(path, type, convolution_details(step));
    tensor(path, "weight",
           {step.out_channels, step.in_channels / step.groups, step.window.kernel, step.window.kernel},
           ParameterKind::weight, Operation::convolution);
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

void ArchitectureBuilder::max_pool(std::string_view path) {
    module(path, "MaxPool2d", "kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False");
    layers_.emplace(path, Step{.operation = Operation::max_pool,
                               .module = std::string(path),
                               .window = {.kernel = 3, .stride = 2, .padding = 1}});
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
