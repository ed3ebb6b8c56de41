#pragma once

#include <array>
#include <string_view>

#include "models/architecture.h"

namespace imnet {

/// What tells the EfficientNet-Lites apart.
struct EfficientNetLiteVariant {
    std::string_view name;
    double width;  ///< factor of the channels of all stages
    double depth;  ///< factor of the blocks of all stages but the first and the last
};

/// The number of blocks in each stage.
std::array<int, 7> stage_depths(const EfficientNetLiteVariant& variant);

/// EfficientNet (arXiv:1905.11946) for phones, as TensorFlow published it and timm builds it: without
/// squeeze-and-excitation, with ReLU6, a stem and a head of one width, and SAME padding.
Architecture efficientnet_lite(const EfficientNetLiteVariant& variant, int classes);

}  // namespace imnet
