#include "checkpoints/key_layouts.h"

#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace imnet;

namespace {

using Names = std::vector<std::string>;

StateDict named(const Names& names) {
    StateDict state_dict;
    for (const std::string& name : names) {
        state_dict.tensors.emplace_back(name, TensorView{.shape = {}, .strides = {}, .bytes = {}});
    }
    return state_dict;
}

Names names_of(const StateDict& state_dict) {
    Names names;
    for (const auto& [name, tensor] : state_dict.tensors) names.push_back(name);
    return names;
}

Names stripped(const Names& names) {
    StateDict state_dict = named(names);
    strip_common_prefix(state_dict);
    return names_of(state_dict);
}

}  // namespace

TEST_CASE("what all names begin with is removed, whatever it is called") {
    const Names plain{"conv1.weight", "fc.bias"};
    CHECK(stripped(plain) == plain);
    for (const std::string prefix :
         {"module.", "model.", "_orig_mod.", "module._orig_mod.", "my_net.inner."}) {
        CHECK(stripped({prefix + "conv1.weight", prefix + "fc.bias"}) == plain);
    }
    CHECK(stripped({"n_averaged", "module.conv1.weight", "module.fc.bias"}) == plain);
}

TEST_CASE("numbers, and what only some names begin with, are kept") {
    for (const Names& kept : {Names{"0.weight", "0.bias"}, Names{"backbone.conv1.weight", "fc.bias"},
                              Names{"module."}, Names{"weight"}, Names{}})
        CHECK(stripped(kept) == kept);
}

TEST_CASE("transformers' names of a ResNet become torchvision's") {
    CHECK(torchvision_name("resnet.embedder.embedder.convolution.weight") == "conv1.weight");
    CHECK(torchvision_name("resnet.embedder.embedder.normalization.running_var") == "bn1.running_var");
    CHECK(torchvision_name("resnet.encoder.stages.0.layers.0.shortcut.convolution.weight") ==
          "layer1.0.downsample.0.weight");
    CHECK(torchvision_name("resnet.encoder.stages.3.layers.2.shortcut.normalization.bias") ==
          "layer4.2.downsample.1.bias");
    CHECK(torchvision_name("resnet.encoder.stages.2.layers.11.layer.1.convolution.weight") ==
          "layer3.11.conv2.weight");
    CHECK(torchvision_name("resnet.encoder.stages.2.layers.11.layer.2.normalization.num_batches_tracked") ==
          "layer3.11.bn3.num_batches_tracked");
    CHECK(torchvision_name("classifier.1.bias") == "fc.bias");
    CHECK(torchvision_name("encoder.stages.1.layers.0.layer.0.convolution.weight") ==
          "layer2.0.conv1.weight");
    for (const char* foreign :
         {"conv1.weight", "resnet.encoder.stages.x.layers.0.layer.0.convolution.weight",
          "resnet.encoder.stages.1", "resnet.encoder.stages.0.layers.0.attention.weight", ""}) {
        CHECK(torchvision_name(foreign).empty());
    }
}

TEST_CASE("the numbers of a ResNet's children become names, and those of any other Sequential stay") {
    StateDict children = named({"0.weight", "1.bias", "4.0.conv1.weight", "7.1.bn2.bias"});
    use_native_names(children);
    CHECK(names_of(children) ==
          Names{"conv1.weight", "bn1.bias", "layer1.0.conv1.weight", "layer4.1.bn2.bias"});
    StateDict others = named({"0.weight", "1.bias"});
    use_native_names(others);
    CHECK(names_of(others) == Names{"0.weight", "1.bias"});
}

TEST_CASE("names are translated only where all of them have that layout") {
    StateDict all = named({"resnet.embedder.embedder.convolution.weight", "classifier.1.weight"});
    use_native_names(all);
    CHECK(names_of(all) == Names{"conv1.weight", "fc.weight"});
    StateDict some = named({"resnet.embedder.embedder.convolution.weight", "other.weight"});
    use_native_names(some);
    CHECK(names_of(some) == Names{"resnet.embedder.embedder.convolution.weight", "other.weight"});
    StateDict timm = named({"stem.conv.weight", "stages.0.blocks.0.conv1.weight", "head.fc.bias"});
    use_native_names(timm);
    CHECK(names_of(timm) == Names{"stem.conv.weight", "stages.0.blocks.0.conv1.weight", "head.fc.bias"});
}

namespace {

// An EfficientNet of four blocks, the last two of one stage.
StateDict efficientnet() {
    StateDict state_dict = named({"_conv_stem.weight",
                                  "_bn0.running_mean",
                                  "_blocks.0._depthwise_conv.weight",
                                  "_blocks.0._bn1.weight",
                                  "_blocks.0._project_conv.weight",
                                  "_blocks.0._bn2.bias",
                                  "_blocks.1._expand_conv.weight",
                                  "_blocks.1._bn0.weight",
                                  "_blocks.1._depthwise_conv.weight",
                                  "_blocks.1._bn1.running_var",
                                  "_blocks.1._project_conv.weight",
                                  "_blocks.1._bn2.num_batches_tracked",
                                  "_blocks.2._expand_conv.weight",
                                  "_blocks.2._project_conv.weight",
                                  "_blocks.3._expand_conv.weight",
                                  "_blocks.3._project_conv.weight",
                                  "_conv_head.weight",
                                  "_bn1.weight",
                                  "_fc.weight",
                                  "_fc.bias"});
    for (auto& [name, tensor] : state_dict.tensors) {
        if (!name.ends_with("_project_conv.weight")) continue;
        tensor.shape = {name.starts_with("_blocks.0.")   ? 16
                        : name.starts_with("_blocks.1.") ? 24
                                                         : 40,
                        8, 1, 1};
    }
    return state_dict;
}

}  // namespace

TEST_CASE("EfficientNet-PyTorch's names become timm's, which count the blocks within a stage") {
    StateDict state_dict = efficientnet();
    use_native_names(state_dict);
    CHECK(names_of(state_dict) == Names{"conv_stem.weight",           "bn1.running_mean",
                                        "blocks.0.0.conv_dw.weight",  "blocks.0.0.bn1.weight",
                                        "blocks.0.0.conv_pw.weight",  "blocks.0.0.bn2.bias",
                                        "blocks.1.0.conv_pw.weight",  "blocks.1.0.bn1.weight",
                                        "blocks.1.0.conv_dw.weight",  "blocks.1.0.bn2.running_var",
                                        "blocks.1.0.conv_pwl.weight", "blocks.1.0.bn3.num_batches_tracked",
                                        "blocks.2.0.conv_pw.weight",  "blocks.2.0.conv_pwl.weight",
                                        "blocks.2.1.conv_pw.weight",  "blocks.2.1.conv_pwl.weight",
                                        "conv_head.weight",           "bn2.weight",
                                        "classifier.weight",          "classifier.bias"});
}

TEST_CASE("an EfficientNet with a layer that the layout does not have keeps its names") {
    for (const char* foreign :
         {"_blocks.1._se_reduce.weight", "_blocks.4._bn1.weight", "_blocks.x._bn1.weight", "_swish.beta"}) {
        CAPTURE(foreign);
        StateDict state_dict = efficientnet();
        state_dict.tensors.emplace_back(foreign, TensorView{.shape = {}, .strides = {}, .bytes = {}});
        const Names before = names_of(state_dict);
        CHECK(timm_names(state_dict).empty());
        use_native_names(state_dict);
        CHECK(names_of(state_dict) == before);
    }
}
