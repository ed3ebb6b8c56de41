// Adam (Kingma and Ba 2014, arXiv:1412.6980), AdamW (Loshchilov and Hutter 2017, arXiv:1711.05101)
// and SGD with momentum, as `torch.optim` with `fused=True` computes them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engines/trainer.h"

namespace imnet {

using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

class TorchOptimizer {
public:
    explicit TorchOptimizer(const OptimizerOptions& options) : options_(options) {}

    /// Adds a parameter that is trained. `decays` says whether it has weight decay.
    void add(const std::string& name, const at::Tensor& parameter, bool decays);

    /// `optimizer.zero_grad()`.
    void zero_gradients();

    /// Clips the gradients and updates the parameters. Returns the L2 norm of all gradients before clipping.
    /// If it is not finite, updates nothing.
    double step(double learning_rate);

    /// The gradients after `step`, clipped, under the names of their parameters.
    NamedTensors gradients() const;

    /// The state that is kept from step to step. These are the optimizer's own tensors, not copies: to
    /// restore a state, write into them and call `restored`.
    NamedTensors state() const;
    void restored();

private:
    /// Parameters with the same weight decay.
    struct Group {
        double weight_decay = 0;
        std::vector<std::string> names;
        std::vector<at::Tensor> parameters;
        std::vector<at::Tensor> first_moments;   ///< for SGD the momentum
        std::vector<at::Tensor> second_moments;  ///< for Adam and AdamW
        std::vector<at::Tensor> steps;           ///< for Adam and AdamW: number of steps, a scalar each
    };

    std::vector<at::Tensor> all_gradients() const;
    void update(Group& group, double learning_rate);

    OptimizerOptions options_;
    Group with_decay_;
    Group without_decay_;
    bool first_step_ = true;  ///< SGD's momentum starts as the first gradient
};

}  // namespace imnet
