#pragma once

#include <array>
#include <span>
#include <string_view>

#include "models/architecture.h"

namespace imnet {

/// What tells timm's pre-activation ResNets apart.
struct ResNetV2Variant {
    enum class Norm { batch, group, evo };

    std::string_view name;
    std::array<int, 4> blocks;  ///< number of blocks in each stage
    bool basic = false;         ///< blocks of two 3×3 convolutions instead of 1×1, 3×3, 1×1
    bool deep = false;  ///< the `d` nets: a stem of three 3×3 convolutions, average pools in shortcuts
    Norm norm = Norm::batch;
    bool big_transfer = false;  ///< BiT (arXiv:1912.11370): standardised convolutions, a max pool over zeros
    int width_factor = 1;
};

/// All members that timm has published weights for.
std::span<const ResNetV2Variant> resnetv2_variants();

/// The pre-activation ResNet (He et al. 2016, arXiv:1603.05027) as timm's `resnetv2.py` builds it: a norm and
/// an activation before each convolution, no norm after the stem, the stride on the 3×3 convolution. Keras's
/// ResNet50V2 is another network: it has biases, strides in the last block of a stage and max-pooled
/// shortcuts.
Architecture resnetv2(const ResNetV2Variant& variant, int classes);

}  // namespace imnet
