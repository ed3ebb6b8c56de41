#include "models/efficientnet_lite.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "models/architecture_builder.h"

namespace imnet {

namespace {

constexpr float eps = 1e-3F;
constexpr int stem_channels = 32;
constexpr int head_channels = 1280;

struct Stage {
    int kernel;
    int stride;  ///< of the first block
    int expansion;
    int channels;  ///< of lite0
    int blocks;
};

constexpr std::array stages = {
    Stage{3, 1, 1, 16, 1},  Stage{3, 2, 6, 24, 2},  Stage{5, 2, 6, 40, 2},  Stage{3, 2, 6, 80, 3},
    Stage{5, 1, 6, 112, 3}, Stage{5, 2, 6, 192, 4}, Stage{3, 1, 6, 320, 1},
};

struct Block {
    std::string path;
    int in_channels;
    int out_channels;
    int expansion;
    int kernel;
    int stride;
};

/// The nearest multiple of 8 that is not less than nine tenths of what is asked for.
int scaled_channels(int channels, double width) {
    const double wanted = channels * width;
    const int nearest = std::max(8, static_cast<int>(wanted + 4) / 8 * 8);
    return nearest < 0.9 * wanted ? nearest + 8 : nearest;
}

int scaled_blocks(std::size_t stage, double depth) {
    const bool ends = stage == 0 || stage + 1 == stages.size();
    return ends ? stages[stage].blocks : static_cast<int>(std::ceil(stages[stage].blocks * depth));
}

void register_depthwise(ArchitectureBuilder& net, const std::string& path, const Block& block, int channels) {
    if (block.stride == 1) {
        net.convolution(path, channels, channels, block.kernel, 1, channels);
    } else {
        net.same_convolution(path, channels, channels, block.kernel, block.stride, channels);
    }
}

// bn(conv1×1(relu6(bn(depthwise(x)))))
int separable_block(ArchitectureBuilder& net, const Block& block, int x) {
    const auto at = [&](const char* member) { return block.path + "." + member; };
    net.module(block.path, "DepthwiseSeparableConv");
    register_depthwise(net, at("conv_dw"), block, block.in_channels);
    net.batch_norm_act(at("bn1"), block.in_channels, Activation::relu6, eps);
    net.module(at("aa"), "Identity");
    net.module(at("se"), "Identity");
    net.convolution(at("conv_pw"), block.in_channels, block.out_channels, 1);
    net.batch_norm_act(at("bn2"), block.out_channels, Activation::none, eps);
    net.module(at("drop_path"), "Identity");

    const int y = net.apply_norm_act(at("bn1"), net.apply(at("conv_dw"), x));
    return net.apply_norm_act(at("bn2"), net.apply(at("conv_pw"), y));
}

// x + bn(conv1×1(relu6(bn(depthwise(relu6(bn(conv1×1(x)))))))), without the sum where shapes differ
int inverted_residual(ArchitectureBuilder& net, const Block& block, int x) {
    const auto at = [&](const char* member) { return block.path + "." + member; };
    const int width = block.in_channels * block.expansion;
    net.module(block.path, "InvertedResidual");
    net.convolution(at("conv_pw"), block.in_channels, width, 1);
    net.batch_norm_act(at("bn1"), width, Activation::relu6, eps);
    register_depthwise(net, at("conv_dw"), block, width);
    net.batch_norm_act(at("bn2"), width, Activation::relu6, eps);
    net.module(at("aa"), "Identity");
    net.module(at("se"), "Identity");
    net.convolution(at("conv_pwl"), width, block.out_channels, 1);
    net.batch_norm_act(at("bn3"), block.out_channels, Activation::none, eps);
    net.module(at("drop_path"), "Identity");

    int y = net.apply_norm_act(at("bn1"), net.apply(at("conv_pw"), x));
    y = net.apply_norm_act(at("bn2"), net.apply(at("conv_dw"), y));
    y = net.apply_norm_act(at("bn3"), net.apply(at("conv_pwl"), y));
    const bool adds = block.stride == 1 && block.in_channels == block.out_channels;
    return adds ? net.add(block.path, y, x) : y;
}

}  // namespace

std::array<int, 7> stage_depths(const EfficientNetLiteVariant& variant) {
    std::array<int, stages.size()> depths{};
    for (std::size_t i = 0; i < stages.size(); ++i) depths[i] = scaled_blocks(i, variant.depth);
    return depths;
}

Architecture efficientnet_lite(const EfficientNetLiteVariant& variant, int classes) {
    ArchitectureBuilder net(variant.name, "EfficientNet", Initialisation::timm_efficientnet, classes);
    net.stem({"conv_stem", "bn1"});
    net.same_convolution("conv_stem", 3, stem_channels, 3, 2);
    net.batch_norm_act("bn1", stem_channels, Activation::relu6, eps);
    int x = net.apply_norm_act("bn1", net.apply("conv_stem", 0));  // [3, H, W] → [32, H/2, W/2]

    net.module("blocks", "Sequential");
    int channels = stem_channels;
    for (std::size_t i = 0; i < stages.size(); ++i) {
        const Stage& stage = stages[i];
        const std::string path = "blocks." + std::to_string(i);
        net.stage(path, "Sequential");
        for (int j = 0; j < scaled_blocks(i, variant.depth); ++j) {
            const Block block{path + "." + std::to_string(j),
                              channels,
                              scaled_channels(stage.channels, variant.width),
                              stage.expansion,
                              stage.kernel,
                              j == 0 ? stage.stride : 1};
            x = stage.expansion == 1 ? separable_block(net, block, x) : inverted_residual(net, block, x);
            channels = block.out_channels;
        }
    }

    net.convolution("conv_head", channels, head_channels, 1);
    net.batch_norm_act("bn2", head_channels, Activation::relu6, eps);
    net.global_average_pool("global_pool", "SelectAdaptivePool2d",
                            "pool_type=avg, flatten=Flatten(start_dim=1, end_dim=-1)");
    net.linear_head("classifier", head_channels);
    x = net.apply_norm_act("bn2", net.apply("conv_head", x));  // [1280, H/32, W/32]
    net.apply("classifier", net.apply("global_pool", x));      // [1280] → [classes]
    return std::move(net).finish();
}

}  // namespace imnet
