#pragma once

#include "models/architecture.h"

namespace imnet {

/// The pre-activation network (Identity Mappings in Deep Residual Networks, arXiv:1603.05027) as
/// timm builds `resnetv2_50`: batch norm and ReLU before each convolution, no norm after the stem,
/// the stride on the 3×3 convolution. This is what TensorFlow calls ResNet50V2.
Architecture resnetv2_50(int classes);

}  // namespace imnet
