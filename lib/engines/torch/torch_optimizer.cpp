#include "engines/torch/torch_optimizer.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace imnet {

void TorchOptimizer::add(const std::string& name, const at::Tensor& parameter, bool decays) {
    const at::NoGradGuard no_grad;
    with_decay_.weight_decay = options_.weight_decay;
    Group& group = decays ? with_decay_ : without_decay_;
    group.names.push_back(name);
    group.parameters.push_back(parameter);
    group.first_moments.push_back(at::zeros_like(parameter));
    if (options_.kind == Optimizer::sgd) return;
    group.second_moments.push_back(at::zeros_like(parameter));
    group.steps.push_back(at::zeros({}, parameter.options().dtype(at::kFloat)));
}

std::vector<at::Tensor> TorchOptimizer::all_gradients() const {
    std::vector<at::Tensor> gradients;
    for (const Group* group : {&with_decay_, &without_decay_}) {
        for (const at::Tensor& parameter : group->parameters) gradients.push_back(parameter.grad());
    }
    return gradients;
}

void TorchOptimizer::zero_gradients() {
    for (Group* group : {&with_decay_, &without_decay_}) {
        for (at::Tensor& parameter : group->parameters) parameter.mutable_grad().reset();
    }
}

double TorchOptimizer::step(double learning_rate) {
    const at::NoGradGuard no_grad;
    const std::vector<at::Tensor> gradients = all_gradients();
    const double norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients))).item<double>();
    if (!std::isfinite(norm)) return norm;
    // As in torch.nn.utils.clip_grad_norm_.
    if (options_.clip_norm > 0) {
        at::_foreach_mul_(gradients, at::Scalar(std::min(1.0, options_.clip_norm / (norm + 1e-6))));
    }
    for (Group* group : {&with_decay_, &without_decay_}) {
        if (!group->parameters.empty()) update(*group, learning_rate);
    }
    first_step_ = false;
    return norm;
}

void TorchOptimizer::update(Group& group, double learning_rate) {
    std::vector<at::Tensor> gradients;
    for (const at::Tensor& parameter : group.parameters) gradients.push_back(parameter.grad());
    if (options_.kind == Optimizer::sgd) {
        at::_fused_sgd_(group.parameters, gradients,
                        options_.momentum == 0 ? at::TensorList() : at::TensorList(group.first_moments),
                        group.weight_decay, options_.momentum, learning_rate, /*dampening=*/0.0,
                        /*nesterov=*/false, /*maximize=*/false, first_step_);
        return;
    }
    at::_foreach_add_(group.steps, at::Scalar(1));
    const auto& [first, second, steps] = std::tie(group.first_moments, group.second_moments, group.steps);
    if (options_.kind == Optimizer::adam) {
        at::_fused_adam_(group.parameters, gradients, first, second, {}, steps, learning_rate, options_.beta1,
                         options_.beta2, group.weight_decay, options_.eps, /*amsgrad=*/false,
                         /*maximize=*/false);
    } else {
        at::_fused_adamw_(group.parameters, gradients, first, second, {}, steps, learning_rate,
                          options_.beta1, options_.beta2, group.weight_decay, options_.eps,
                          /*amsgrad=*/false, /*maximize=*/false);
    }
}

NamedTensors TorchOptimizer::gradients() const {
    NamedTensors named;
    for (const Group* group : {&with_decay_, &without_decay_}) {
        for (std::size_t i = 0; i < group->names.size(); ++i)
            named.emplace_back(group->names[i], group->parameters[i].grad());
    }
    return named;
}

NamedTensors TorchOptimizer::state() const {
    NamedTensors named;
    for (const Group* group : {&with_decay_, &without_decay_}) {
        for (std::size_t i = 0; i < group->names.size(); ++i) {
            const std::string& name = group->names[i];
            const bool sgd = options_.kind == Optimizer::sgd;
            named.emplace_back((sgd ? "momentum_buffer." : "exp_avg.") + name, group->first_moments[i]);
            if (sgd) continue;
            named.emplace_back("exp_avg_sq." + name, group->second_moments[i]);
            named.emplace_back("step." + name, group->steps[i]);
        }
    }
    return named;
}

void TorchOptimizer::restored() { first_step_ = false; }

}  // namespace imnet
