// A convolution with a small output, whose weight gradient is one matrix product for each tap of the kernel.
#pragma once

#include <ATen/core/Tensor.h>

#include "models/architecture.h"

namespace imnet {

/// Whether `small_map_convolution` is faster than `conv2d` for training `step` on x, [N, C, H, W]: on a CPU,
/// without groups, for an output of at most 7×7 pixels, in float32, or in bfloat16 (also by autocast) if
/// the processor has bfloat16 arithmetic. There, oneDNN computes the weight gradient ten times (in bfloat16:
/// four times) more slowly than the forward pass, and this takes half of a training step on small pictures.
bool has_small_map(const Step& step, const at::Tensor& x, const at::Tensor& weight);

/// `conv2d` without groups, dilation or bias, for autograd and autocast. x: [N, C, H, W], weight:
/// [K, C, kernel, kernel] → [N, K, H', W']. Its weight gradient differs from PyTorch's only in the order of
/// additions.
at::Tensor small_map_convolution(const at::Tensor& x, const at::Tensor& weight, int stride, int padding);

}  // namespace imnet
