#include "models/resnetv2.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "models/architecture_builder.h"

namespace imnet {

namespace {

// p = relu(norm1(x)); y = conv3(relu(norm3(conv2(relu(norm2(conv1(p)))))))
// returns y + downsample(p) in the first block of a stage, y + x in the others
int preactivation_bottleneck(ArchitectureBuilder& net, const std::string& path, int in_channels,
                             int out_channels, int stride, bool downsample, int x) {
    const auto at = [&](const char* member) { return path + "." + member; };
    const int width = out_channels / 4;
    net.module(path, "PreActBottleneck");
    if (downsample) {
        net.module(at("downsample"), "DownsampleConv");
        net.convolution(at("downsample.conv"), in_channels, out_channels, 1, stride);
        net.module(at("downsample.norm"), "Identity");
    }
    net.batch_norm_act(at("norm1"), in_channels, Activation::relu);
    net.convolution(at("conv1"), in_channels, width, 1);
    net.batch_norm_act(at("norm2"), width, Activation::relu);
    net.convolution(at("conv2"), width, width, 3, stride);
    net.batch_norm_act(at("norm3"), width, Activation::relu);
    net.convolution(at("conv3"), width, out_channels, 1);
    net.module(at("drop_path"), "Identity");

    const int p = net.apply_norm_act(at("norm1"), x);
    const int shortcut = downsample ? net.apply(at("downsample.conv"), p) : x;
    int y = net.apply(at("conv1"), p);
    y = net.apply(at("conv2"), net.apply_norm_act(at("norm2"), y));
    y = net.apply(at("conv3"), net.apply_norm_act(at("norm3"), y));
    return net.add(path, y, shortcut);
}

}  // namespace

Architecture resnetv2_50(int classes) {
    constexpr std::array blocks = {3, 4, 6, 3};
    ArchitectureBuilder net("resnetv2_50", "ResNetV2", Initialisation::timm_resnetv2, classes);
    net.stem({"stem"});
    net.module("stem", "Sequential");
    net.convolution("stem.conv", 3, 64, 7, 2);
    net.max_pool("stem.pool");
    int x = net.apply("stem.pool", net.apply("stem.conv", 0));  // [3, H, W] → [64, H/4, W/4]

    net.module("stages", "Sequential");
    int channels = 64;
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        const std::string path = "stages." + std::to_string(stage);
        const int out_channels = 256 << stage;
        net.stage(path, "ResNetStage");
        net.module(path + ".blocks", "Sequential");
        for (int j = 0; j < blocks[stage]; ++j) {
            const int stride = j == 0 && stage > 0 ? 2 : 1;
            x = preactivation_bottleneck(net, path + ".blocks." + std::to_string(j), channels, out_channels,
                                         stride, j == 0, x);
            channels = out_channels;
        }
    }

    net.batch_norm_act("norm", channels, Activation::relu);
    net.module("head", "ClassifierHead");
    net.global_average_pool("head.global_pool", "SelectAdaptivePool2d", "pool_type=avg, flatten=Identity()");
    net.module("head.drop", "Dropout", "p=0.0, inplace=False");
    net.convolution_head("head.fc", channels);
    net.module("head.flatten", "Flatten", "start_dim=1, end_dim=-1");
    x = net.apply("head.global_pool", net.apply_norm_act("norm", x));  // [2048, H/32, W/32] → [2048]
    net.apply("head.fc", x);                                           // [classes]
    return std::move(net).finish();
}

}  // namespace imnet
