// One step of a network by libtorch's operators: slow and obvious, the reference for the other engine.
#pragma once

#include <ATen/core/Tensor.h>

#include "models/architecture.h"

namespace imnet {

/// The tensors of the module that a step belongs to; undefined if the module has none.
struct StepTensors {
    at::Tensor weight;  ///< of the head: [classes, features], or [classes, features, 1, 1]
    at::Tensor bias;
    at::Tensor gate;  ///< an evo_norm's v
    at::Tensor running_mean;
    at::Tensor running_var;
    at::Tensor reduce_weight;  ///< of the first layer of a squeeze_excitation; `weight` is the second's
    at::Tensor reduce_bias;
    bool training = false;  ///< a batch norm uses the statistics of the batch and updates the running ones
};

/// Computes one step. x and other are [N, C, H, W], or [N, features] for `linear`. The result may overwrite x
/// where the caller allows it. Follows this thread's autograd, autocast and inference mode.
at::Tensor compute_step(const Step& step, const StepTensors& tensors, at::Tensor x, const at::Tensor& other,
                        bool may_overwrite_x);

}  // namespace imnet
