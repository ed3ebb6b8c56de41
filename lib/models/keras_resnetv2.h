#pragma once

#include <array>

#include "models/architecture.h"

namespace imnet {

/// Keras's `ResNet50V2` (keras/src/applications/resnet.py). It differs from timm's `resnetv2_50`: the last
/// block of a stage has the stride, and a max pool as shortcut; the first and the last convolutions of the
/// net's blocks have biases; eps is 1.001e-5. Names are Keras's, with dots around the block: its layer
/// `conv2_block1_1_bn` is the module `conv2.block1.1_bn`.
Architecture keras_resnet50v2(int classes);

/// The numbers of blocks of its stages.
inline constexpr std::array keras_resnet50v2_blocks = {3, 4, 6, 3};

}  // namespace imnet
