#pragma once

#include "models/architecture.h"

namespace imnet {

/// The pre-activation ResNet (He et al. 2016, arXiv:1603.05027) as timm builds `resnetv2_50`: batch norm and
/// ReLU before each convolution, no norm after the stem, the stride on the 3×3 convolution. Keras's
/// ResNet50V2 is another network: it has biases, strides in the last block of a stage and max-pooled
/// shortcuts.
Architecture resnetv2_50(int classes);

}  // namespace imnet
