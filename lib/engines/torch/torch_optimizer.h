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

    /// Takes a weight that is to move; with or without weight decay.
    void add(const std::string& name, const at::Tensor& parameter, bool decays);

    void forget_gradients();

    /// Clips the gradients and moves the weights, unless the gradients' length is no number. Returns that
    /// length, before they were clipped.
    double step(double learning_rate);

    /// What `step` has left, under the parameters' names.
    NamedTensors gradients() const;

    /// What is remembered from step to step: the tensors themselves, to be saved or overwritten.
    NamedTensors state() const;

    /// Says that the state was overwritten by that of an earlier training.
    void restored();

private:
    /// Parameters that are treated alike.
    struct Group {
        double weight_decay = 0;
        std::vector<std::string> names;
        std::vector<at::Tensor> parameters;
        std::vector<at::Tensor> first_moments;   ///< of SGD the momentum
        std::vector<at::Tensor> second_moments;  ///< of Adam and AdamW
        std::vector<at::Tensor> steps;           ///< of Adam and AdamW, a number each
    };

    std::vector<at::Tensor> all_gradients() const;
    void move(Group& group, double learning_rate);

    OptimizerOptions options_;
    Group decaying_;
    Group steady_;
    bool first_step_ = true;  ///< SGD's momentum is then the gradient itself
};

}  // namespace imnet
