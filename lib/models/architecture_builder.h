#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/architecture.h"

namespace imnet {

/// Describes a network as a PyTorch class does. First register the members in the order of the
/// constructor, which is the order of `print(model)` and of the state dict. Then apply them in the order
/// of the forward pass; a member may be applied more than once.
class ArchitectureBuilder {
public:
    ArchitectureBuilder(std::string_view name, std::string_view type, Initialisation initialisation,
                        int classes);

    /// A module without tensors and without a step: a container, or a layer that inference skips.
    void module(std::string_view path, std::string_view type, std::string_view details = "");
    /// The paths of the modules before the first stage.
    void stem(std::vector<std::string> paths) { net_.stem = std::move(paths); }
    /// A container whose blocks are one stage.
    void stage(std::string_view path, std::string_view type);
    /// A `Conv2d` with a square kernel, no bias, and padding kernel / 2.
    void convolution(std::string_view path, int in_channels, int out_channels, int kernel, int stride = 1,
                     int groups = 1);
    /// The same with a bias.
    void biased_convolution(std::string_view path, int in_channels, int out_channels, int kernel,
                            int stride = 1);
    /// timm's `Conv2dSame`, which pads as TensorFlow does.
    void same_convolution(std::string_view path, int in_channels, int out_channels, int kernel, int stride,
                          int groups = 1);
    /// timm's `StdConv2d`: a convolution with a standardised weight.
    void standardised_convolution(std::string_view path, int in_channels, int out_channels, int kernel,
                                  int stride, float eps);
    /// Batch normalisation; `type` is PyTorch's class.
    void batch_norm(std::string_view path, int channels, std::string_view type = "BatchNorm2d",
                    float eps = 1e-5F);
    /// timm's `BatchNormAct2d`: a batch norm and its activation.
    void batch_norm_act(std::string_view path, int channels, Activation activation, float eps = 1e-5F);
    /// Group normalisation; `type` is PyTorch's class.
    void group_norm(std::string_view path, int groups, int channels, std::string_view type = "GroupNorm");
    /// timm's `GroupNormAct`: a group norm and its activation.
    void group_norm_act(std::string_view path, int groups, int channels, Activation activation);
    /// timm's `EvoNorm2dS0`, which has its own activation.
    void evo_norm(std::string_view path, int groups, int channels);
    /// timm's `SEModule`.
    void squeeze_excitation(std::string_view path, int channels, int reduced_channels);
    /// timm's `EcaModule`.
    void channel_attention(std::string_view path, int channels, int kernel);
    /// `Activation::none` is an `Identity` without a step.
    void activation(std::string_view path, Activation activation);
    /// Padded by kernel / 2.
    void max_pool(std::string_view path, int stride = 2, int kernel = 3);
    /// 3×3, stride 2, over an input that the `ConstantPad2d` at `pad` has padded by zeros.
    void zero_padded_max_pool(std::string_view pad, std::string_view path);
    /// 2×2, stride 2.
    void average_pool(std::string_view path, bool ceil_mode);
    /// timm's `BlurPool2d`: 3×3, stride 2, padded by 1.
    void blur_pool(std::string_view path);
    void global_average_pool(std::string_view path, std::string_view type, std::string_view details);
    /// The classifier as a `Linear`.
    void linear_head(std::string_view path, int in_features);
    /// The classifier as a 1×1 `Conv2d` with a weight of [classes, in_features, 1, 1]. It computes the same
    /// as a `Linear`, so its step is `Operation::linear`.
    void convolution_head(std::string_view path, int in_features);

    /// Adds a step that applies a registered module to the value `input`. Returns the number of its output.
    int apply(std::string_view path, int input);
    /// Applies a norm and its activation, if it has one of its own. Returns the number of the output.
    int apply_norm_act(std::string_view path, int input);
    /// Adds the step `input + other` of a block. Returns the number of its output.
    int add(std::string_view block, int input, int other);

    Architecture finish() && { return std::move(net_); }

private:
    void tensor(std::string_view path, std::string_view field, std::vector<std::int64_t> shape,
                ParameterKind kind, Operation operation);
    void convolution(std::string_view path, std::string_view type, Step step);
    void layer(std::string_view path, Step step);
    void head(std::string_view path, std::string_view type, std::string_view details,
              std::vector<std::int64_t> weight_shape);

    Architecture net_;
    std::map<std::string, Step, std::less<>> layers_;
};

}  // namespace imnet
