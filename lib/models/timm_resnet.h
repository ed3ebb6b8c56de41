#pragma once

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "models/architecture.h"

namespace imnet {

/// How a stage of a pruned net differs from 64, 128, 256 or 512 planes: each block has its own widths.
struct PrunedStage {
    int channels;                                 ///< of the stage's output
    std::span<const std::pair<int, int>> widths;  ///< channels after the first and the second convolution
};

/// How one member of timm's ResNet family differs from ResNet-50. The names are those of timm's arguments.
struct TimmResNetVariant {
    enum class Stem { plain, deep, deep_tiered };  ///< one 7×7 convolution, or three 3×3 (arXiv:1812.01187)
    enum class Norm { batch, group };
    enum class AntiAliasing { none, average, blur };  ///< what has a stride in place of a convolution
    enum class Attention { none, squeeze_excitation, channel };

    std::string_view name;
    std::array<int, 4> blocks = {3, 4, 6, 3};  ///< number of blocks in each stage
    std::array<bool, 4> bottleneck = {true, true, true, true};
    std::array<int, 4> channels = {64, 128, 256, 512};  ///< planes of each stage
    int cardinality = 1;
    int base_width = 64;
    Stem stem = Stem::plain;
    int stem_width = 32;             ///< of a deep stem
    bool replace_stem_pool = false;  ///< a 3×3 convolution in place of the max pool
    bool avg_down = false;           ///< shortcuts have an average pool before their convolution
    int down_kernel_size = 1;
    int block_reduce_first = 1;  ///< the first convolution of a block is that much narrower
    Norm norm = Norm::batch;
    AntiAliasing anti_aliasing = AntiAliasing::none;
    Attention attention = Attention::none;
    int attention_reduction = 16;
    std::span<const PrunedStage> pruned = {};  ///< four stages, or none
};

/// All members that timm has published weights for. Where torchvision has a net of the same name, `timm/` is
/// before it: both compute the same, but PyTorch prints and initialises them otherwise.
std::span<const TimmResNetVariant> timm_resnet_variants();

/// ResNet and its relatives as timm's `resnet.py` builds them.
Architecture timm_resnet(const TimmResNetVariant& variant, int classes);

}  // namespace imnet
