// Architectures as data: what `print(model)` shows, the state dict's tensors, and the steps of the
// forward pass. Every engine, the summary and the random initialisation read the same description.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace imnet {

/// One module of the tree, in the order in which PyTorch registers it. Its path is the one that
/// `named_modules()` gives ("" for the root, "layer1.0.conv1" …).
struct Module {
    std::string path;
    std::string type;     ///< class name: `Bottleneck`, `Conv2d` …
    std::string details;  ///< what stands between the parentheses of its repr: `64, 64, kernel_size=(1, 1) …`
};

enum class Operation { convolution, batch_norm, relu, max_pool, global_average_pool, add, linear };

/// One step of the forward pass. Values are numbered: 0 is the input [N, 3, H, W]; a step writes
/// the value `output` and reads `input` (and `other`, for `add`). Every value is written once.
struct Step {
    Operation operation;
    std::string module;  ///< path of the module that computes it; for `add` the block's
    int input = 0;
    int other = -1;  ///< second operand of `add`
    int output = 0;
    int in_channels = 0;
    int out_channels = 0;
    int kernel = 1;  ///< square; convolution and max_pool
    int stride = 1;
    int padding = 0;
    int groups = 1;
    bool bias = false;  ///< convolution and linear
    float eps = 0.0F;   ///< batch_norm
};

enum class ParameterKind { weight, bias, running_mean, running_var, num_batches_tracked };

/// One entry of the state dict, in its order.
struct Parameter {
    std::string name;  ///< "layer1.0.bn1.running_mean"
    std::vector<std::int64_t> shape;
    ParameterKind kind;
    Operation operation;  ///< of the module that owns it

    std::int64_t element_count() const;
    /// Whether `model.parameters()` holds it: all but the running statistics.
    bool trainable() const { return kind == ParameterKind::weight || kind == ParameterKind::bias; }
};

struct Architecture {
    std::string name;  ///< "resnet50"
    std::string type;  ///< class name of the root: `ResNet`, `ResNetV2`
    int classes = 1000;
    std::string head;  ///< path of the classifier: `fc`, `head.fc`
    std::vector<Module> modules;
    std::vector<Step> steps;
    std::vector<Parameter> parameters;

    /// Trainable elements, as `sum(p.numel() for p in model.parameters())` counts them.
    std::int64_t parameter_count() const;
};

/// Names that `architecture` knows, in the order in which `imnet models` lists them.
std::vector<std::string_view> architecture_names();

/// torchvision's ResNet family (He et al. 2015, arXiv:1512.03385, with the stride on the 3×3
/// convolution; ResNeXt arXiv:1611.05431; Wide ResNet arXiv:1605.07146) and timm's pre-activation
/// `resnetv2_50` (arXiv:1603.05027). Throws UsageError, with the nearest names, for another name.
Architecture architecture(std::string_view name, int classes = 1000);

/// Shape of one value for one image, without the batch: {channels, height, width}, or {features}
/// after the global pooling.
using Shape = std::vector<std::int64_t>;

/// Shapes of all values, by number, for an input [3, height, width].
std::vector<Shape> value_shapes(const Architecture& architecture, int height, int width);

}  // namespace imnet
