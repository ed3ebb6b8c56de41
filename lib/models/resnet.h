#pragma once

#include <array>
#include <string_view>

#include "models/architecture.h"

namespace imnet {

/// How one member of torchvision's ResNet family differs from the others.
struct ResNetVariant {
    std::string_view name;
    bool bottleneck;            ///< blocks of 1×1, 3×3, 1×1 convolutions instead of two 3×3
    std::array<int, 4> blocks;  ///< number of blocks in each stage
    int groups = 1;             ///< of the 3×3 convolutions; ResNeXt's cardinality
    int width_per_group = 64;
};

/// ResNet (He et al. 2015, arXiv:1512.03385) as torchvision builds it: the stride of a bottleneck is on its
/// 3×3 convolution. Also ResNeXt (arXiv:1611.05431) and Wide ResNet (arXiv:1605.07146).
Architecture resnet(const ResNetVariant& variant, int classes);

}  // namespace imnet
