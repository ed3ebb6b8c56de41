#include "models/resnet.h"

#include <string>
#include <utility>

#include "models/architecture_builder.h"

namespace imnet {

namespace {

struct Block {
    std::string path;
    int in_channels;
    int planes;  ///< torchvision's name: 64, 128, 256, 512 in stages 1 to 4
    int stride;
    bool downsample;
};

void register_downsample(ArchitectureBuilder& net, const Block& block, int out_channels) {
    if (!block.downsample) return;
    const std::string path = block.path + ".downsample";
    net.module(path, "Sequential");
    net.convolution(path + ".0", block.in_channels, out_channels, 1, block.stride);
    net.batch_norm(path + ".1", out_channels);
}

int shortcut(ArchitectureBuilder& net, const Block& block, int x) {
    if (!block.downsample) return x;
    return net.apply(block.path + ".downsample.1", net.apply(block.path + ".downsample.0", x));
}

// relu(x + bn(conv3×3(relu(bn(conv3×3(x))))))
int basic_block(ArchitectureBuilder& net, const Block& block, int x) {
    const auto at = [&](const char* member) { return block.path + "." + member; };
    net.module(block.path, "BasicBlock");
    net.convolution(at("conv1"), block.in_channels, block.planes, 3, block.stride);
    net.batch_norm(at("bn1"), block.planes);
    net.activation(at("relu"), Activation::relu);
    net.convolution(at("conv2"), block.planes, block.planes, 3);
    net.batch_norm(at("bn2"), block.planes);
    register_downsample(net, block, block.planes);

    int y = x;
    for (const char* member : {"conv1", "bn1", "relu", "conv2", "bn2"}) y = net.apply(at(member), y);
    return net.apply(at("relu"), net.add(block.path, y, shortcut(net, block, x)));
}

// relu(x + bn(conv1×1(relu(bn(conv3×3(relu(bn(conv1×1(x)))))))))
int bottleneck(ArchitectureBuilder& net, const Block& block, const ResNetVariant& variant, int x) {
    const auto at = [&](const char* member) { return block.path + "." + member; };
    const int width = block.planes * variant.width_per_group / 64 * variant.groups;
    const int out_channels = block.planes * 4;
    net.module(block.path, "Bottleneck");
    net.convolution(at("conv1"), block.in_channels, width, 1);
    net.batch_norm(at("bn1"), width);
    net.convolution(at("conv2"), width, width, 3, block.stride, variant.groups);
    net.batch_norm(at("bn2"), width);
    net.convolution(at("conv3"), width, out_channels, 1);
    net.batch_norm(at("bn3"), out_channels);
    net.activation(at("relu"), Activation::relu);
    register_downsample(net, block, out_channels);

    int y = x;
    for (const char* member : {"conv1", "bn1", "relu", "conv2", "bn2", "relu", "conv3", "bn3"})
        y = net.apply(at(member), y);
    return net.apply(at("relu"), net.add(block.path, y, shortcut(net, block, x)));
}

}  // namespace

Architecture resnet(const ResNetVariant& variant, int classes) {
    ArchitectureBuilder net(variant.name, "ResNet", Initialisation::torchvision_resnet, classes);
    net.stem({"conv1", "bn1"});
    net.convolution("conv1", 3, 64, 7, 2);
    net.batch_norm("bn1", 64);
    net.activation("relu", Activation::relu);
    net.max_pool("maxpool");
    int x = 0;  // [3, H, W]
    for (const char* member : {"conv1", "bn1", "relu", "maxpool"}) x = net.apply(member, x);

    int channels = 64;  // x: [64, H/4, W/4]
    for (int stage = 0; stage < 4; ++stage) {
        const std::string layer = "layer" + std::to_string(stage + 1);
        const int planes = 64 << stage;
        const int out_channels = variant.bottleneck ? planes * 4 : planes;
        net.stage(layer, "Sequential");
        for (int j = 0; j < variant.blocks[stage]; ++j) {
            const int stride = j == 0 && stage > 0 ? 2 : 1;
            const Block block{layer + "." + std::to_string(j), channels, planes, stride,
                              stride != 1 || channels != out_channels};
            x = variant.bottleneck ? bottleneck(net, block, variant, x) : basic_block(net, block, x);
            channels = out_channels;
        }
    }

    net.global_average_pool("avgpool", "AdaptiveAvgPool2d", "output_size=(1, 1)");
    net.linear_head("fc", channels);
    net.apply("fc", net.apply("avgpool", x));  // [channels, H/32, W/32] → [channels] → [classes]
    return std::move(net).finish();
}

}  // namespace imnet
