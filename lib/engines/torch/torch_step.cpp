#include "engines/torch/torch_step.h"

#include <cstdint>
#include <utility>

#include <ATen/ops/add.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/group_norm.h>
#include <ATen/ops/hardtanh.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/var.h>
#include <ATen/ops/var_mean.h>

#include "base/errors.h"
#include "engines/torch/small_map_convolution.h"

namespace imnet {
namespace {

constexpr double norm_momentum = 0.1;  // PyTorch's default

/// PyTorch's `F.batch_norm` over the values of each output channel, as timm's `StdConv2d` calls it.
at::Tensor standardised_weight(const at::Tensor& weight, double eps) {
    const at::Tensor rows = weight.to(at::kFloat).flatten(1);  // [out, in / groups · kernel · kernel]
    const auto [variance, mean] = at::var_mean(rows, at::IntArrayRef{1}, /*correction=*/0, /*keepdim=*/true);
    return rows.sub(mean).mul(variance.add(eps).rsqrt()).view_as(weight);
}

at::Tensor convolve(const Step& step, const StepTensors& tensors, const at::Tensor& x) {
    const at::Tensor weight =
        step.standardised ? standardised_weight(tensors.weight, step.eps).to(x.dtype()) : tensors.weight;
    if (!tensors.bias.defined() && has_small_map(step, x, weight))
        return small_map_convolution(x, weight, step.window.stride, step.window.padding);
    const AxisPadding rows = step.window.padding_for(x.size(2));
    const AxisPadding columns = step.window.padding_for(x.size(3));
    const auto convolution = [&](const at::Tensor& padded, at::IntArrayRef padding) {
        return at::conv2d(padded, weight, tensors.bias, {step.window.stride, step.window.stride}, padding,
                          {1, 1}, step.groups);
    };
    if (rows.symmetric() && columns.symmetric()) return convolution(x, {rows.before, columns.before});
    return convolution(at::constant_pad_nd(x, {columns.before, columns.after, rows.before, rows.after}, 0),
                       {0, 0});
}

at::Tensor activate(Activation activation, at::Tensor x, bool in_place) {
    switch (activation) {
        case Activation::none: return x;
        case Activation::relu: return in_place ? x.relu_() : at::relu(x);
        case Activation::relu6: return in_place ? at::hardtanh_(x, 0, 6) : at::hardtanh(x, 0, 6);
    }
    throw ModelError("the libtorch engine does not know this activation");
}

at::Tensor max_pool(const Window& window, const at::Tensor& x) {
    const std::int64_t padding = window.padding;
    const at::Tensor padded =
        window.zeros ? at::constant_pad_nd(x, {padding, padding, padding, padding}, 0) : x;
    const std::int64_t rest = window.zeros ? 0 : padding;
    return at::max_pool2d(padded, {window.kernel, window.kernel}, {window.stride, window.stride},
                          {rest, rest}, {1, 1}, window.ceil_mode);
}

at::Tensor blur(const Step& step, const at::Tensor& x) {
    const std::int64_t padding = step.window.padding, channels = x.size(1);
    const at::Tensor line = at::tensor({0.25F, 0.5F, 0.25F}, at::kFloat).to(x.options());
    const at::Tensor filter = line.unsqueeze(1).mul(line).expand({channels, 1, 3, 3}).contiguous();
    return at::conv2d(at::reflection_pad2d(x, {padding, padding, padding, padding}), filter, /*bias=*/{},
                      at::IntArrayRef{step.window.stride, step.window.stride}, at::IntArrayRef{0, 0},
                      at::IntArrayRef{1, 1}, channels);
}

/// [C] → [1, C, 1, 1], as x is stored.
at::Tensor for_each_channel(const at::Tensor& values, const at::Tensor& x) {
    return values.to(x.dtype()).view({1, -1, 1, 1});
}

// Follows timm's `EvoNorm2dS0`.
at::Tensor evo_norm(const Step& step, const StepTensors& tensors, const at::Tensor& x) {
    const at::Tensor grouped = x.to(at::kFloat).reshape({x.size(0), step.groups, -1});
    const at::Tensor deviation =  // [N, groups, 1, 1, 1]
        at::var(grouped, at::IntArrayRef{2}, /*correction=*/0, /*keepdim=*/true)
            .add(step.eps)
            .sqrt()
            .to(x.dtype())
            .view({x.size(0), step.groups, 1, 1, 1});
    const at::Tensor gated = x.mul(x.mul(for_each_channel(tensors.gate, x)).sigmoid());
    const at::Tensor normalised =
        gated.reshape({x.size(0), step.groups, -1, x.size(2), x.size(3)}).div(deviation).view_as(gated);
    return normalised.mul(for_each_channel(tensors.weight, x)).add(for_each_channel(tensors.bias, x));
}

/// `logits`: [N, C], of the gates; in float32, because there are few of them.
at::Tensor gated(const at::Tensor& x, const at::Tensor& logits) {
    return x.mul(logits.sigmoid().to(x.dtype()).view({x.size(0), x.size(1), 1, 1}));
}

at::Tensor squeeze_excitation(const StepTensors& tensors, const at::Tensor& x) {
    const at::Tensor mean = at::mean(x, {2, 3}, /*keepdim=*/false, at::kFloat);  // [N, C]
    const at::Tensor reduced =
        at::relu(at::linear(mean, tensors.reduce_weight.flatten(1), tensors.reduce_bias));
    return gated(x, at::linear(reduced, tensors.weight.flatten(1), tensors.bias));
}

at::Tensor channel_attention(const Step& step, const StepTensors& tensors, const at::Tensor& x) {
    const at::Tensor mean = at::mean(x, {2, 3}, /*keepdim=*/false, at::kFloat).unsqueeze(1);  // [N, 1, C]
    return gated(x, at::conv1d(mean, tensors.weight, {}, {1}, {step.window.kernel / 2}).squeeze(1));
}

}  // namespace

at::Tensor compute_step(const Step& step, const StepTensors& tensors, at::Tensor x, const at::Tensor& other,
                        bool may_overwrite_x) {
    switch (step.operation) {
        case Operation::convolution: return convolve(step, tensors, x);
        case Operation::batch_norm:
            return at::batch_norm(x, tensors.weight, tensors.bias, tensors.running_mean, tensors.running_var,
                                  tensors.training, norm_momentum, step.eps, /*cudnn_enabled=*/true);
        case Operation::activation: return activate(step.activation, std::move(x), may_overwrite_x);
        case Operation::group_norm:
            return at::group_norm(x, step.groups, tensors.weight, tensors.bias, step.eps);
        case Operation::evo_norm: return evo_norm(step, tensors, x);
        case Operation::max_pool: return max_pool(step.window, x);
        case Operation::average_pool:
            return at::avg_pool2d(x, {step.window.kernel, step.window.kernel},
                                  {step.window.stride, step.window.stride},
                                  {step.window.padding, step.window.padding}, step.window.ceil_mode,
                                  /*count_include_pad=*/false);
        case Operation::blur_pool: return blur(step, x);
        case Operation::squeeze_excitation: return squeeze_excitation(tensors, x);
        case Operation::channel_attention: return channel_attention(step, tensors, x);
        case Operation::global_average_pool: return at::mean(x, {2, 3}, /*keepdim=*/false, at::kFloat);
        case Operation::add: return may_overwrite_x ? x.add_(other) : at::add(x, other);
        case Operation::linear:
            // timm's head is a 1×1 convolution with a weight of [classes, features, 1, 1].
            return at::linear(x, tensors.weight.flatten(1), tensors.bias);
    }
    throw ModelError("the libtorch engine does not know this operation");
}

}  // namespace imnet
