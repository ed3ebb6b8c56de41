#include "models/fused_net.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "models/state_dict_of.h"

namespace {

using namespace imnet;
using Kind = FusedStep::Kind;

FusedNet fused(const std::string& name) {
    const Architecture net = architecture(name, 10);
    return fuse(net, bind_parameters(net, test::state_dict_of(net), name));
}

const FusedStep& step(const FusedNet& net, const std::string& name) {
    return *std::find_if(net.steps.begin(), net.steps.end(),
                         [&](const FusedStep& each) { return each.name == name; });
}

std::ptrdiff_t count(const FusedNet& net, Kind kind) {
    return std::count_if(net.steps.begin(), net.steps.end(),
                         [&](const FusedStep& each) { return each.kind == kind; });
}

TEST_CASE("in a ResNet every norm, addition and ReLU is fused into a convolution") {
    const FusedNet net = fused("resnet50");
    CHECK(count(net, Kind::convolution) == 53);
    CHECK(net.steps.size() == 53 + 3);  // the others: max pool, average pool, linear
    CHECK(step(net, "conv1").activation == Activation::relu);
    CHECK(step(net, "layer1.0.conv2").residual == -1);
    CHECK(step(net, "layer1.0.downsample.0").activation == Activation::none);
    // The residual of a block is its downsampled input, or the input itself.
    CHECK(step(net, "layer1.0.conv3").residual == step(net, "layer1.0.downsample.0").output);
    CHECK(step(net, "layer1.1.conv3").residual == step(net, "layer1.1.conv1").input);
    CHECK(step(net, "layer1.1.conv3").activation == Activation::relu);
}

TEST_CASE("a fused step reads only values that earlier steps wrote") {
    for (const std::string name :
         {"resnet18", "resnet50", "resnext50_32x4d", "resnetv2_50", "tf_efficientnet_lite0", "seresnet50",
          "resnet50_gn", "resnetv2_50d_evos", "resnetblur50"}) {
        std::vector<int> written{0};
        const auto known = [&](int value) {
            return std::find(written.begin(), written.end(), value) != written.end();
        };
        for (const FusedStep& each : fused(name).steps) {
            CHECK(known(each.input));
            CHECK((each.residual == -1 || known(each.residual)));
            written.push_back(each.output);
        }
    }
}

TEST_CASE("in the pre-activation net, norms whose input is read elsewhere stay steps") {
    const FusedNet net = fused("resnetv2_50");
    CHECK(count(net, Kind::affine) == 12);  // norm1 of the blocks with an identity shortcut
    // norm1 of the first block is fused into the max pool.
    CHECK(step(net, "stem.pool").activation == Activation::relu);
    CHECK(step(net, "stages.0.blocks.1.norm1").activation == Activation::relu);
    // norm1 of the first block of a stage, and the last norm, are fused into the block before.
    CHECK_FALSE(step(net, "stages.0.blocks.2.conv3").scale.empty());
    CHECK(step(net, "stages.0.blocks.2.conv3").activation == Activation::relu);
    CHECK_FALSE(step(net, "stages.3.blocks.2.conv3").scale.empty());
    CHECK(step(net, "stages.0.blocks.0.conv3").scale.empty());
    CHECK(step(net, "stages.0.blocks.0.conv3").activation == Activation::none);
}

TEST_CASE("in an EfficientNet every norm, addition and ReLU6 is fused into a convolution") {
    const FusedNet net = fused("tf_efficientnet_lite0");
    CHECK(count(net, Kind::convolution) == 1 + 2 + 15 * 3 + 1);
    CHECK(net.steps.size() == 49 + 2);  // the others: average pool, linear
    CHECK(step(net, "blocks.1.0.conv_dw").activation == Activation::relu6);
    CHECK(step(net, "blocks.1.0.conv_dw").window.same);
    CHECK(step(net, "blocks.1.0.conv_pwl").activation == Activation::none);
    CHECK(step(net, "blocks.1.0.conv_pwl").residual == -1);
    CHECK(step(net, "blocks.1.1.conv_pwl").residual == step(net, "blocks.1.1.conv_pw").input);
}

TEST_CASE("a gate of channels takes the sum and the ReLU of its block") {
    const FusedNet se = fused("seresnet50");
    CHECK(count(se, Kind::convolution) == 53);
    CHECK(count(se, Kind::squeeze_excitation) == 16);
    CHECK(se.steps.size() == 53 + 16 + 3);
    const FusedStep& gate = step(se, "layer1.1.se");
    CHECK(gate.input == step(se, "layer1.1.conv3").output);
    CHECK(gate.residual == step(se, "layer1.1.conv1").input);
    CHECK(gate.activation == Activation::relu);
    CHECK(gate.reduce_weight.size() == static_cast<std::size_t>(gate.reduced_channels) * 256);
    CHECK(gate.reduce_bias.size() == static_cast<std::size_t>(gate.reduced_channels));
    CHECK(gate.bias.size() == 256);

    const FusedNet eca = fused("ecaresnet50d");
    CHECK(count(eca, Kind::channel_attention) == 16);
    CHECK(step(eca, "layer4.2.se").weight.size() == 7);
    CHECK(step(eca, "layer4.2.se").residual >= 0);
}

TEST_CASE("a group norm takes the sum and the ReLU that follow it") {
    const FusedNet after = fused("resnet50_gn");
    CHECK(after.steps.size() == 2 * 53 + 3);
    CHECK(step(after, "layer1.1.bn1").activation == Activation::relu);
    CHECK(step(after, "layer1.1.bn3").residual == step(after, "layer1.1.conv1").input);
    CHECK(step(after, "layer1.1.bn3").activation == Activation::relu);
    CHECK(step(after, "layer1.1.conv3").residual == -1);

    const FusedNet before = fused("resnetv2_50d_gn");
    CHECK(step(before, "stages.0.blocks.1.norm1").activation == Activation::relu);
    CHECK(step(before, "stages.0.blocks.1.conv3").residual >= 0);
}

TEST_CASE("average and blur pools stay steps between convolutions") {
    const FusedNet net = fused("resnet50d");
    CHECK(count(net, Kind::average_pool) == 3);
    CHECK(step(net, "layer2.0.downsample.0").window.stride == 2);
    CHECK(step(net, "layer2.0.downsample.1").input == step(net, "layer2.0.downsample.0").output);
    CHECK(count(fused("resnetblur50"), Kind::blur_pool) == 4);
}

TEST_CASE("each output channel of a standardised weight has mean 0 and variance 1") {
    const FusedNet net = fused("resnetv2_50x1_bit");
    const FusedStep& conv = step(net, "stages.0.blocks.0.conv2");
    const std::vector<float> weight = folded_weight(conv);
    const std::size_t per_channel = weight.size() / 64;
    for (std::size_t c = 0; c < 64; ++c) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < per_channel; ++i) {
            sum += weight[c * per_channel + i];
            squares += weight[c * per_channel + i] * weight[c * per_channel + i];
        }
        CHECK(std::abs(sum / static_cast<double>(per_channel)) < 1e-6);
        CHECK(squares / static_cast<double>(per_channel) == doctest::Approx(1.0).epsilon(1e-4));
    }
}

TEST_CASE("a batch norm is folded into weight and bias") {
    const Architecture net = architecture("resnet18", 10);
    const Parameters parameters = random_parameters(net, 3);
    const FusedNet folded = fuse(net, parameters);
    const FusedStep& conv = step(folded, "layer1.0.conv1");
    const std::vector<float> weight = folded_weight(conv);
    const auto gamma = parameters.at(net, "layer1.0.bn1.weight");
    const auto variance = parameters.at(net, "layer1.0.bn1.running_var");
    const auto mean = parameters.at(net, "layer1.0.bn1.running_mean");
    const auto beta = parameters.at(net, "layer1.0.bn1.bias");
    const auto plain = parameters.at(net, "layer1.0.conv1.weight");
    const std::size_t channel = 5, element = channel * 64 * 9 + 17;
    const double scale = gamma[channel] / std::sqrt(variance[channel] + 1e-5);
    CHECK(weight[element] == doctest::Approx(plain[element] * scale).epsilon(1e-6));
    CHECK(conv.bias[channel] == doctest::Approx(beta[channel] - mean[channel] * scale).epsilon(1e-6));
}

}  // namespace
