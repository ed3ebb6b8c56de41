// A convolution whose weight gradient is computed tap by tap where the output is a small map.
#pragma once

#include <ATen/core/Tensor.h>

#include "models/architecture.h"

namespace imnet {

/// Whether `small_map_convolution` is the faster way to train `step` on x, [N, C, H, W]: on the CPU, for an
/// output of at most 7×7 pixels, in float32, or in bfloat16 (by autocast too) where the processor computes
/// it. There oneDNN's weight gradient reaches a tenth (bfloat16: a quarter) of the speed of its forward
/// pass, and is half of a training step on small pictures.
bool has_small_map(const Step& step, const at::Tensor& x, const at::Tensor& weight);

/// `conv2d` without groups, dilation or bias, in autocast's type where that is on, with the gradients of
/// autograd; the one of the weight differs from PyTorch's by the order of sums alone.
at::Tensor small_map_convolution(const at::Tensor& x, const at::Tensor& weight, int stride, int padding);

}  // namespace imnet
