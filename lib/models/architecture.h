// An architecture is data: the modules that `print(model)` shows, the tensors of the state dict, and the
// steps of the forward pass. Engines, summary and random initialisation all read this description.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/window.h"

namespace imnet {

/// One module of the tree. Modules are in the order in which PyTorch registers them.
struct Module {
    std::string path;     ///< as in `named_modules()`: "" for the root, "layer1.0.conv1"
    std::string type;     ///< PyTorch's class: `Bottleneck`, `Conv2d`
    std::string details;  ///< text in the parentheses of its repr: `64, 64, kernel_size=(1, 1), …`
};

enum class Operation {
    convolution,
    batch_norm,
    group_norm,  ///< y = weight · (x − mean) / √(variance + eps) + bias, over the values of one image and
                 ///< group
    evo_norm,  ///< EvoNorm-S0 (arXiv:2004.02967): weight · x · σ(v · x) / √(variance + eps) + bias, as above
    activation,
    max_pool,
    average_pool,         ///< padding and what lies beyond the input are not counted
    blur_pool,            ///< the filter [1 2 1] / 4 along both axes (arXiv:1904.11486); the padding reflects
    global_average_pool,  ///< [C, H, W] → [C]
    squeeze_excitation,   ///< x · σ(fc2(relu(fc1(mean(x))))), for each channel (arXiv:1709.01507)
    channel_attention,    ///< x · σ(conv(mean(x))): `conv` runs along the channels (ECA, arXiv:1910.03151)
    add,
    linear
};

/// A function of each value alone. `relu6` is min(max(x, 0), 6).
enum class Activation { none, relu, relu6 };

/// One step of the forward pass. Values are numbered: 0 is the input [N, 3, H, W]. A step reads the value
/// `input` (`add` also reads `other`) and writes the value `output`. Each value is written once.
struct Step {
    Operation operation;
    std::string module = {};  ///< path of the module that computes it; the block's path for `add`
    int input = 0;
    int other = -1;  ///< second operand of `add`
    int output = 0;
    int in_channels = 0;
    int out_channels = 0;
    Window window = {};        ///< of a convolution or pool; `channel_attention` reads the kernel
    int groups = 1;            ///< of a convolution, a group_norm or an evo_norm
    int reduced_channels = 0;  ///< between the two layers of a squeeze_excitation
    bool bias = false;         ///< convolution and linear
    /// Of a convolution: each output channel of the weight is brought to mean 0 and variance 1 before it is
    /// used, (w − mean) / √(variance + eps) (weight standardisation, arXiv:1903.10520).
    bool standardised = false;
    float eps = 0.0F;                          ///< of a norm, or of a standardised convolution
    Activation activation = Activation::none;  ///< activation

    bool operator==(const Step&) const = default;
};

/// `gate` is the `v` of an evo_norm.
enum class ParameterKind { weight, bias, gate, running_mean, running_var, num_batches_tracked };

/// One entry of the state dict. Entries are in the order of the state dict.
struct Parameter {
    std::string name;  ///< "layer1.0.bn1.running_mean"
    std::vector<std::int64_t> shape;
    ParameterKind kind;
    Operation operation;  ///< of the module that owns it

    std::int64_t element_count() const;
    /// Whether it is in `model.parameters()`: running statistics are not.
    bool trainable() const {
        return kind != ParameterKind::running_mean && kind != ParameterKind::running_var &&
               kind != ParameterKind::num_batches_tracked;
    }
};

/// How the constructor of the reference draws new weights. timm's pruned nets are drawn as those that are
/// not.
enum class Initialisation { torchvision_resnet, timm_resnet, timm_resnetv2, timm_efficientnet, keras };

struct Architecture {
    std::string name;  ///< "resnet50"
    std::string type;  ///< PyTorch's class of the root module: `ResNet`, `ResNetV2`, `EfficientNet`
    int classes = 1000;
    Initialisation initialisation = Initialisation::torchvision_resnet;
    std::string head;                 ///< path of the classifier: `fc`, `head.fc`, `classifier`
    std::vector<std::string> stem;    ///< paths of the modules before the stages
    std::vector<std::string> stages;  ///< paths: `layer1` …, `stages.0` …, `blocks.0` …
    std::vector<Module> modules;
    std::vector<Step> steps;
    std::vector<Parameter> parameters;

    /// `sum(p.numel() for p in model.parameters())`.
    std::int64_t parameter_count() const;
};

/// The names that `architecture` accepts, in the order in which `imnet models` lists them.
std::vector<std::string_view> architecture_names();

/// Those of the names whose stages have these numbers of blocks.
std::vector<std::string_view> architecture_names_of_depth(std::span<const int> blocks);

/// Describes a network of torchvision's ResNet family, of timm's `resnet.py` or `resnetv2.py`, one of its
/// `tf_efficientnet_lite0` to `4`, or Keras's ResNet50V2. Throws UsageError, which suggests similar names, if
/// the name is unknown.
Architecture architecture(std::string_view name, int classes = 1000);

/// Whether the two give the same output for the same tensors: their steps differ in the names of modules
/// alone.
bool compute_the_same(const Architecture& a, const Architecture& b);

/// Shape of one value for one image, without the batch dimension: {channels, height, width}, or {features}
/// after global pooling.
using Shape = std::vector<std::int64_t>;

/// Shapes of all values for an input [3, height, width], indexed by the number of the value.
std::vector<Shape> value_shapes(const Architecture& architecture, int height, int width);

}  // namespace imnet
