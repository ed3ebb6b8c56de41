#include "models/timm_resnet.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/architecture_builder.h"

namespace imnet {

namespace {

using Variant = TimmResNetVariant;

constexpr int norm_groups = 32;

struct Block {
    std::string path;
    int in_channels;
    int first_width;  ///< after the first convolution
    int width;        ///< after the second convolution of a bottleneck
    int out_channels;
    int attention_kernel;  ///< of channel attention
    int stride;
    bool downsample;
};

/// The nearest multiple of 8.
int rounded_to_8(double value) { return std::max(8, static_cast<int>(value + 4) / 8 * 8); }

/// The kernel of channel attention, which timm takes from the channels of the net before it is pruned.
int attention_kernel(int channels) {
    const int kernel = static_cast<int>((std::log2(channels) + 1) / 2);
    return std::max(kernel % 2 == 1 ? kernel : kernel + 1, 3);
}

class Building {
public:
    Building(const Variant& variant, int classes)
        : variant_(variant), net_(variant.name, "ResNet", Initialisation::timm_resnet, classes) {}

    Architecture run() {
        int channels = variant_.stem == Variant::Stem::plain ? 64 : variant_.stem_width * 2;
        int x = stem(channels);  // [3, H, W] → [channels, H/4, W/4]
        for (std::size_t stage = 0; stage < 4; ++stage) {
            const std::string layer = fmt::format("layer{}", stage + 1);
            net_.stage(layer, "Sequential");
            for (int j = 0; j < variant_.blocks[stage]; ++j) {
                const Block each = block(stage, j, layer, channels);
                x = variant_.bottleneck[stage] ? bottleneck(each, x) : basic_block(each, x);
                channels = each.out_channels;
            }
        }
        net_.global_average_pool("global_pool", "SelectAdaptivePool2d",
                                 "pool_type=avg, flatten=Flatten(start_dim=1, end_dim=-1)");
        net_.linear_head("fc", channels);
        net_.apply("fc", net_.apply("global_pool", x));  // [channels, H/32, W/32] → [channels] → [classes]
        return std::move(net_).finish();
    }

private:
    void norm(const std::string& path, int channels) {
        if (variant_.norm == Variant::Norm::group) {
            net_.group_norm(path, norm_groups, channels);
        } else {
            net_.batch_norm(path, channels);
        }
    }

    void relu(const std::string& path) { net_.activation(path, Activation::relu); }

    bool anti_aliased(int stride) const {
        return stride == 2 && variant_.anti_aliasing != Variant::AntiAliasing::none;
    }

    void anti_aliasing(const std::string& path, bool enabled) {
        if (!enabled) return net_.module(path, "Identity");
        if (variant_.anti_aliasing == Variant::AntiAliasing::blur) return net_.blur_pool(path);
        net_.average_pool(path, /*ceil_mode=*/false);
    }

    int stem(int channels) {
        net_.stem({"conv1", "bn1", "maxpool"});
        int x = 0;
        if (variant_.stem == Variant::Stem::plain) {
            net_.convolution("conv1", 3, channels, 7, 2);
            x = net_.apply("conv1", x);
        } else {
            x = deep_convolutions(channels, x);
        }
        norm("bn1", channels);
        relu("act1");
        return stem_pool(channels, net_.apply("act1", net_.apply("bn1", x)));
    }

    int deep_convolutions(int channels, int x) {
        const int width = variant_.stem_width;
        const int first = variant_.stem == Variant::Stem::deep_tiered ? 3 * (width / 4) : width;
        net_.module("conv1", "Sequential");
        net_.convolution("conv1.0", 3, first, 3, 2);
        norm("conv1.1", first);
        relu("conv1.2");
        net_.convolution("conv1.3", first, width, 3);
        norm("conv1.4", width);
        relu("conv1.5");
        net_.convolution("conv1.6", width, channels, 3);
        for (int i = 0; i <= 6; ++i) x = net_.apply(fmt::format("conv1.{}", i), x);
        return x;
    }

    int stem_pool(int channels, int x) {
        if (variant_.replace_stem_pool) {
            net_.module("maxpool", "Sequential");
            net_.convolution("maxpool.0", channels, channels, 3, 2);
            norm("maxpool.1", channels);
            relu("maxpool.2");
            for (const char* member : {"maxpool.0", "maxpool.1", "maxpool.2"}) x = net_.apply(member, x);
            return x;
        }
        switch (variant_.anti_aliasing) {
            case Variant::AntiAliasing::none: net_.max_pool("maxpool"); break;
            case Variant::AntiAliasing::average: net_.average_pool("maxpool", /*ceil_mode=*/false); break;
            case Variant::AntiAliasing::blur:
                net_.module("maxpool", "Sequential");
                net_.max_pool("maxpool.0", 1);
                net_.blur_pool("maxpool.1");
                return net_.apply("maxpool.1", net_.apply("maxpool.0", x));
        }
        return net_.apply("maxpool", x);
    }

    Block block(std::size_t stage, int j, const std::string& layer, int in_channels) const {
        const int planes = variant_.channels[stage];
        const int expansion = variant_.bottleneck[stage] ? 4 : 1;
        const int width =
            variant_.bottleneck[stage] ? planes * variant_.base_width / 64 * variant_.cardinality : planes;
        Block result{.path = fmt::format("{}.{}", layer, j),
                     .in_channels = in_channels,
                     .first_width = width / variant_.block_reduce_first,
                     .width = width,
                     .out_channels = planes * expansion,
                     .attention_kernel = attention_kernel(planes * expansion),
                     .stride = j == 0 && stage > 0 ? 2 : 1,
                     .downsample = false};
        result.downsample = j == 0 && (result.stride != 1 || in_channels != result.out_channels);
        if (!variant_.pruned.empty()) {
            const PrunedStage& pruned = variant_.pruned[stage];
            result.out_channels = pruned.channels;
            result.first_width = pruned.widths[static_cast<std::size_t>(j)].first;
            result.width = pruned.widths[static_cast<std::size_t>(j)].second;
        }
        return result;
    }

    // relu(shortcut + attention(norm(conv1×1(aa(relu(norm(conv3×3(relu(norm(conv1×1(x))))))))))
    int bottleneck(const Block& block, int x) {
        const auto at = [&](const char* member) { return block.path + "." + member; };
        const bool anti_aliases = anti_aliased(block.stride);
        net_.module(block.path, "Bottleneck");
        net_.convolution(at("conv1"), block.in_channels, block.first_width, 1);
        norm(at("bn1"), block.first_width);
        relu(at("act1"));
        net_.convolution(at("conv2"), block.first_width, block.width, 3, anti_aliases ? 1 : block.stride,
                         variant_.cardinality);
        norm(at("bn2"), block.width);
        net_.module(at("drop_block"), "Identity");
        relu(at("act2"));
        anti_aliasing(at("aa"), anti_aliases);
        net_.convolution(at("conv3"), block.width, block.out_channels, 1);
        norm(at("bn3"), block.out_channels);
        register_attention(block);
        relu(at("act3"));
        register_downsample(block);

        int y = x;
        for (const char* member : {"conv1", "bn1", "act1", "conv2", "bn2", "act2"})
            y = net_.apply(at(member), y);
        if (anti_aliases) y = net_.apply(at("aa"), y);
        y = net_.apply(at("bn3"), net_.apply(at("conv3"), y));
        return net_.apply(at("act3"), net_.add(block.path, attend(block, y), shortcut(block, x)));
    }

    // relu(shortcut + attention(norm(conv3×3(aa(relu(norm(conv3×3(x))))))))
    int basic_block(const Block& block, int x) {
        const auto at = [&](const char* member) { return block.path + "." + member; };
        const bool anti_aliases = anti_aliased(block.stride);
        net_.module(block.path, "BasicBlock");
        net_.convolution(at("conv1"), block.in_channels, block.first_width, 3,
                         anti_aliases ? 1 : block.stride);
        norm(at("bn1"), block.first_width);
        net_.module(at("drop_block"), "Identity");
        relu(at("act1"));
        anti_aliasing(at("aa"), anti_aliases);
        net_.convolution(at("conv2"), block.first_width, block.out_channels, 3);
        norm(at("bn2"), block.out_channels);
        register_attention(block);
        relu(at("act2"));
        register_downsample(block);

        int y = x;
        for (const char* member : {"conv1", "bn1", "act1"}) y = net_.apply(at(member), y);
        if (anti_aliases) y = net_.apply(at("aa"), y);
        y = net_.apply(at("bn2"), net_.apply(at("conv2"), y));
        return net_.apply(at("act2"), net_.add(block.path, attend(block, y), shortcut(block, x)));
    }

    void register_attention(const Block& block) {
        const std::string path = block.path + ".se";
        if (variant_.attention == Variant::Attention::squeeze_excitation) {
            net_.squeeze_excitation(
                path, block.out_channels,
                rounded_to_8(static_cast<double>(block.out_channels) / variant_.attention_reduction));
        } else if (variant_.attention == Variant::Attention::channel) {
            net_.channel_attention(path, block.out_channels, block.attention_kernel);
        }
    }

    int attend(const Block& block, int y) {
        return variant_.attention == Variant::Attention::none ? y : net_.apply(block.path + ".se", y);
    }

    void register_downsample(const Block& block) {
        if (!block.downsample) return;
        const std::string path = block.path + ".downsample";
        net_.module(path, "Sequential");
        if (!variant_.avg_down) {
            const int kernel = block.stride == 1 ? 1 : variant_.down_kernel_size;
            net_.convolution(path + ".0", block.in_channels, block.out_channels, kernel, block.stride);
            return norm(path + ".1", block.out_channels);
        }
        if (block.stride == 1) {
            net_.module(path + ".0", "Identity");
        } else {
            net_.average_pool(path + ".0", /*ceil_mode=*/true);
        }
        net_.convolution(path + ".1", block.in_channels, block.out_channels, 1);
        norm(path + ".2", block.out_channels);
    }

    int shortcut(const Block& block, int x) {
        if (!block.downsample) return x;
        const std::string path = block.path + ".downsample";
        if (!variant_.avg_down) return net_.apply(path + ".1", net_.apply(path + ".0", x));
        if (block.stride != 1) x = net_.apply(path + ".0", x);
        return net_.apply(path + ".2", net_.apply(path + ".1", x));
    }

    const Variant& variant_;
    ArchitectureBuilder net_;
};

}  // namespace

Architecture timm_resnet(const TimmResNetVariant& variant, int classes) {
    return Building(variant, classes).run();
}

}  // namespace imnet
