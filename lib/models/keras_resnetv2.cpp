#include "models/keras_resnetv2.h"

#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/architecture_builder.h"

namespace imnet {

namespace {

constexpr float eps = 1.001e-5F;

enum class Shortcut { identity, convolution, max_pool };

void norm_and_relu(ArchitectureBuilder& net, const std::string& prefix, int channels) {
    net.batch_norm(prefix + "_bn", channels, "BatchNorm2d", eps);
    net.activation(prefix + "_relu", Activation::relu);
}

int apply_norm_and_relu(ArchitectureBuilder& net, const std::string& prefix, int input) {
    return net.apply(prefix + "_relu", net.apply(prefix + "_bn", input));
}

// p = relu(bn(x)); y = 3_conv(relu(bn(2_conv(relu(bn(1_conv(p)))))))
// returns y + 0_conv(p), y + 0_pool(x) or y + x
int residual_block(ArchitectureBuilder& net, const std::string& path, int in_channels, int width, int stride,
                   Shortcut shortcut, int x) {
    const auto at = [&](const char* member) { return path + "." + member; };
    net.module(path, "ResidualBlockV2");
    norm_and_relu(net, at("preact"), in_channels);
    if (shortcut == Shortcut::convolution)
        net.biased_convolution(at("0_conv"), in_channels, 4 * width, 1, stride);
    if (shortcut == Shortcut::max_pool) net.max_pool(at("0_pool"), stride, 1);
    net.convolution(at("1_conv"), in_channels, width, 1);
    norm_and_relu(net, at("1"), width);
    net.convolution(at("2_conv"), width, width, 3, stride);
    norm_and_relu(net, at("2"), width);
    net.biased_convolution(at("3_conv"), width, 4 * width, 1);

    const int p = apply_norm_and_relu(net, at("preact"), x);
    int passed = x;
    if (shortcut == Shortcut::convolution) passed = net.apply(at("0_conv"), p);
    if (shortcut == Shortcut::max_pool) passed = net.apply(at("0_pool"), x);
    int y = apply_norm_and_relu(net, at("1"), net.apply(at("1_conv"), p));
    y = apply_norm_and_relu(net, at("2"), net.apply(at("2_conv"), y));
    return net.add(path, net.apply(at("3_conv"), y), passed);
}

}  // namespace

Architecture keras_resnet50v2(int classes) {
    constexpr std::array blocks = keras_resnet50v2_blocks;
    ArchitectureBuilder net("keras_resnet50v2", "ResNet50V2", Initialisation::keras, classes);
    net.stem({"conv1_conv"});
    net.biased_convolution("conv1_conv", 3, 64, 7, 2);
    net.zero_padded_max_pool("pool1_pad", "pool1_pool");
    int x = net.apply("pool1_pool", net.apply("conv1_conv", 0));  // [3, H, W] → [64, H/4, W/4]

    int channels = 64;
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        const std::string path = fmt::format("conv{}", stage + 2);
        const int width = 64 << stage;
        net.stage(path, "Sequential");
        for (int j = 1; j <= blocks[stage]; ++j) {
            const bool strided = j == blocks[stage] && stage + 1 < blocks.size();
            const Shortcut shortcut = j == 1    ? Shortcut::convolution
                                      : strided ? Shortcut::max_pool
                                                : Shortcut::identity;
            x = residual_block(net, fmt::format("{}.block{}", path, j), channels, width, strided ? 2 : 1,
                               shortcut, x);
            channels = 4 * width;
        }
    }

    norm_and_relu(net, "post", channels);
    net.global_average_pool("avg_pool", "AdaptiveAvgPool2d", "output_size=(1, 1)");
    net.linear_head("predictions", channels);
    x = net.apply("avg_pool", apply_norm_and_relu(net, "post", x));  // [2048, H/32, W/32] → [2048]
    net.apply("predictions", x);                                     // [classes]
    return std::move(net).finish();
}

}  // namespace imnet
