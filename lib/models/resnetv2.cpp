#include "models/resnetv2.h"

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/architecture_builder.h"

namespace imnet {

namespace {

using Variant = ResNetV2Variant;
using Norm = Variant::Norm;

constexpr int norm_groups = 32;
constexpr float standardisation_eps = 1e-8F;

constexpr std::array variants = {
    Variant{.name = "resnetv2_18", .blocks = {2, 2, 2, 2}, .basic = true},
    Variant{.name = "resnetv2_18d", .blocks = {2, 2, 2, 2}, .basic = true, .deep = true},
    Variant{.name = "resnetv2_34", .blocks = {3, 4, 6, 3}, .basic = true},
    Variant{.name = "resnetv2_34d", .blocks = {3, 4, 6, 3}, .basic = true, .deep = true},
    Variant{.name = "resnetv2_50", .blocks = {3, 4, 6, 3}},
    Variant{.name = "resnetv2_50d_gn", .blocks = {3, 4, 6, 3}, .deep = true, .norm = Norm::group},
    Variant{.name = "resnetv2_50d_evos", .blocks = {3, 4, 6, 3}, .deep = true, .norm = Norm::evo},
    Variant{.name = "resnetv2_101", .blocks = {3, 4, 23, 3}},
    Variant{.name = "resnetv2_50x1_bit",
            .blocks = {3, 4, 6, 3},
            .norm = Norm::group,
            .big_transfer = true,
            .width_factor = 1},
    Variant{.name = "resnetv2_50x3_bit",
            .blocks = {3, 4, 6, 3},
            .norm = Norm::group,
            .big_transfer = true,
            .width_factor = 3},
    Variant{.name = "resnetv2_101x1_bit",
            .blocks = {3, 4, 23, 3},
            .norm = Norm::group,
            .big_transfer = true,
            .width_factor = 1},
    Variant{.name = "resnetv2_101x3_bit",
            .blocks = {3, 4, 23, 3},
            .norm = Norm::group,
            .big_transfer = true,
            .width_factor = 3},
    Variant{.name = "resnetv2_152x2_bit",
            .blocks = {3, 8, 36, 3},
            .norm = Norm::group,
            .big_transfer = true,
            .width_factor = 2},
    Variant{.name = "resnetv2_152x4_bit",
            .blocks = {3, 8, 36, 3},
            .norm = Norm::group,
            .big_transfer = true,
            .width_factor = 4},
};

struct Block {
    std::string path;
    int in_channels;
    int out_channels;
    int stride;
    bool downsample;
};

class Building {
public:
    Building(const Variant& variant, int classes)
        : variant_(variant), net_(variant.name, "ResNetV2", Initialisation::timm_resnetv2, classes) {}

    Architecture run() {
        int channels = 64 * variant_.width_factor;
        int x = stem(channels);  // [3, H, W] → [channels, H/4, W/4]
        net_.module("stages", "Sequential");
        for (std::size_t stage = 0; stage < 4; ++stage) {
            const std::string path = fmt::format("stages.{}", stage);
            const int out_channels = ((variant_.basic ? 64 : 256) << stage) * variant_.width_factor;
            net_.stage(path, "ResNetStage");
            net_.module(path + ".blocks", "Sequential");
            for (int j = 0; j < variant_.blocks[stage]; ++j) {
                const int stride = j == 0 && stage > 0 ? 2 : 1;
                const bool downsample =
                    j == 0 && (!variant_.basic || stride != 1 || channels != out_channels);
                x = block({fmt::format("{}.blocks.{}", path, j), channels, out_channels, stride, downsample},
                          x);
                channels = out_channels;
            }
        }
        norm("norm", channels);
        return head(channels, net_.apply_norm_act("norm", x));
    }

private:
    void convolution(const std::string& path, int in_channels, int out_channels, int kernel, int stride = 1) {
        if (variant_.big_transfer) {
            net_.standardised_convolution(path, in_channels, out_channels, kernel, stride,
                                          standardisation_eps);
        } else {
            net_.convolution(path, in_channels, out_channels, kernel, stride);
        }
    }

    /// With its activation.
    void norm(const std::string& path, int channels) {
        switch (variant_.norm) {
            case Norm::batch: return net_.batch_norm_act(path, channels, Activation::relu);
            case Norm::group: return net_.group_norm_act(path, norm_groups, channels, Activation::relu);
            case Norm::evo: return net_.evo_norm(path, norm_groups, channels);
        }
    }

    int stem(int channels) {
        net_.stem({"stem"});
        net_.module("stem", "Sequential");
        int x = 0;
        if (variant_.deep) {
            convolution("stem.conv1", 3, channels / 2, 3, 2);
            norm("stem.norm1", channels / 2);
            convolution("stem.conv2", channels / 2, channels / 2, 3);
            norm("stem.norm2", channels / 2);
            convolution("stem.conv3", channels / 2, channels, 3);
            x = net_.apply_norm_act("stem.norm1", net_.apply("stem.conv1", x));
            x = net_.apply_norm_act("stem.norm2", net_.apply("stem.conv2", x));
            x = net_.apply("stem.conv3", x);
        } else {
            convolution("stem.conv", 3, channels, 7, 2);
            x = net_.apply("stem.conv", x);
        }
        if (variant_.big_transfer) {
            net_.zero_padded_max_pool("stem.pad", "stem.pool");
        } else {
            net_.max_pool("stem.pool");
        }
        return net_.apply("stem.pool", x);
    }

    // p = act(norm1(x)); y = conv3(act(norm3(conv2(act(norm2(conv1(p)))))))
    // returns y + downsample(p) in the first block of a stage, y + x in the others
    int block(const Block& block, int x) {
        const auto at = [&](const char* member) { return block.path + "." + member; };
        net_.module(block.path, variant_.basic ? "PreActBasic" : "PreActBottleneck");
        if (block.downsample) register_downsample(block);
        norm(at("norm1"), block.in_channels);
        if (variant_.basic) {
            convolution(at("conv1"), block.in_channels, block.out_channels, 3, block.stride);
            norm(at("norm2"), block.out_channels);
            convolution(at("conv2"), block.out_channels, block.out_channels, 3);
        } else {
            const int width = block.out_channels / 4;
            convolution(at("conv1"), block.in_channels, width, 1);
            norm(at("norm2"), width);
            convolution(at("conv2"), width, width, 3, block.stride);
            norm(at("norm3"), width);
            convolution(at("conv3"), width, block.out_channels, 1);
        }
        net_.module(at("drop_path"), "Identity");

        const int p = net_.apply_norm_act(at("norm1"), x);
        const int shortcut = block.downsample ? downsample(block, p) : x;
        int y = net_.apply(at("conv1"), p);
        y = net_.apply(at("conv2"), net_.apply_norm_act(at("norm2"), y));
        if (!variant_.basic) y = net_.apply(at("conv3"), net_.apply_norm_act(at("norm3"), y));
        return net_.add(block.path, y, shortcut);
    }

    void register_downsample(const Block& block) {
        const std::string path = block.path + ".downsample";
        net_.module(path, variant_.deep ? "DownsampleAvg" : "DownsampleConv");
        if (variant_.deep && block.stride == 1) net_.module(path + ".pool", "Identity");
        if (variant_.deep && block.stride != 1) net_.average_pool(path + ".pool", /*ceil_mode=*/true);
        convolution(path + ".conv", block.in_channels, block.out_channels, 1,
                    variant_.deep ? 1 : block.stride);
        net_.module(path + ".norm", "Identity");
    }

    int downsample(const Block& block, int p) {
        const std::string path = block.path + ".downsample";
        if (variant_.deep && block.stride != 1) p = net_.apply(path + ".pool", p);
        return net_.apply(path + ".conv", p);
    }

    Architecture head(int channels, int x) {
        net_.module("head", "ClassifierHead");
        net_.global_average_pool("head.global_pool", "SelectAdaptivePool2d",
                                 "pool_type=avg, flatten=Identity()");
        net_.module("head.drop", "Dropout", "p=0.0, inplace=False");
        net_.convolution_head("head.fc", channels);
        net_.module("head.flatten", "Flatten", "start_dim=1, end_dim=-1");
        net_.apply("head.fc",
                   net_.apply("head.global_pool", x));  // [channels, h, w] → [channels] → [classes]
        return std::move(net_).finish();
    }

    const Variant& variant_;
    ArchitectureBuilder net_;
};

}  // namespace

std::span<const ResNetV2Variant> resnetv2_variants() { return variants; }

Architecture resnetv2(const ResNetV2Variant& variant, int classes) {
    return Building(variant, classes).run();
}

}  // namespace imnet
