#pragma once

#include <array>
#include <string_view>

#include "models/architecture.h"

namespace imnet {

/// What tells the members of torchvision's ResNet family apart.
struct ResNetVariant {
    std::string_view name;
    bool bottleneck;            ///< 1×1, 3×3, 1×1 instead of two 3×3
    std::array<int, 4> blocks;  ///< a stage each
    int groups = 1;             ///< of the 3×3 convolution; ResNeXt's cardinality
    int width_per_group = 64;
};

/// Deep Residual Learning (arXiv:1512.03385) as torchvision builds it, with the stride of a
/// bottleneck on its 3×3 convolution; ResNeXt is arXiv:1611.05431, Wide ResNet arXiv:1605.07146.
Architecture resnet(const ResNetVariant& variant, int classes);

}  // namespace imnet
