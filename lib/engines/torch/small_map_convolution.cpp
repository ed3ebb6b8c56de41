#include "engines/torch/small_map_convolution.h"

#include <algorithm>
#include <cstdint>

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

namespace imnet {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t largest_side = 7;

/// Where one tap of the kernel reads pixels, not padding, along one dimension: the outputs [begin, end), and
/// the pixel that it reads for output `begin`.
struct Overlap {
    std::int64_t begin, end, pixel;
};

Overlap overlap(std::int64_t tap, std::int64_t input, std::int64_t output, std::int64_t stride,
                std::int64_t padding) {
    const std::int64_t begin = std::max<std::int64_t>(0, (padding - tap + stride - 1) / stride);
    const std::int64_t last_pixel = input - 1 + padding - tap;
    const std::int64_t end = last_pixel < 0 ? 0 : std::min(output, last_pixel / stride + 1);
    return {begin, end, begin * stride + tap - padding};
}

/// The pixels of x, [N, H, W, C], that one tap reads → [N·pixels, C].
at::Tensor pixels(const at::Tensor& x, const Overlap& rows, const Overlap& columns, std::int64_t stride) {
    const auto read = [stride](const at::Tensor& tensor, int dim, const Overlap& along) {
        const std::int64_t count = along.end - along.begin;
        return tensor.slice(dim, along.pixel, along.pixel + (count - 1) * stride + 1, stride);
    };
    return read(read(x, 1, rows), 2, columns).reshape({-1, x.size(3)});
}

/// x: [N, C, H, W], gradient of the output: [N, K, H', W'] → gradient of the weight: [K, C, kernel, kernel].
/// Skips products with padding, which are more than half for a 2×2 map and a 3×3 kernel.
at::Tensor weight_gradient(const at::Tensor& x, const at::Tensor& gradient, std::int64_t kernel,
                           std::int64_t stride, std::int64_t padding) {
    const at::Tensor inputs = x.permute({0, 2, 3, 1});
    const at::Tensor outputs = gradient.permute({0, 2, 3, 1});
    at::Tensor taps = at::zeros({kernel, kernel, gradient.size(1), x.size(1)}, x.options());
    for (std::int64_t y = 0; y < kernel; ++y) {
        const Overlap rows = overlap(y, x.size(2), gradient.size(2), stride, padding);
        if (rows.begin >= rows.end) continue;
        for (std::int64_t column = 0; column < kernel; ++column) {
            const Overlap columns = overlap(column, x.size(3), gradient.size(3), stride, padding);
            if (columns.begin >= columns.end) continue;
            const at::Tensor output = outputs.slice(1, rows.begin, rows.end)
                                          .slice(2, columns.begin, columns.end)
                                          .reshape({-1, gradient.size(1)});  // [N·pixels, K]
            at::Tensor tap = taps.select(0, y).select(0, column);            // [K, C]
            at::mm_out(tap, output.t(), pixels(inputs, rows, columns, stride));
        }
    }
    return taps.permute({2, 3, 0, 1}).contiguous(at::MemoryFormat::ChannelsLast);
}

struct SmallMapConvolution : torch::autograd::Function<SmallMapConvolution> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                              std::int64_t stride, std::int64_t padding) {
        context->save_for_backward({x, weight});
        context->saved_data["stride"] = stride;
        context->saved_data["padding"] = padding;
        return at::conv2d(x, weight, {}, {stride, stride}, {padding, padding});
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const variable_list saved = context->get_saved_variables();
        const at::Tensor& x = saved[0];
        const at::Tensor& weight = saved[1];
        const std::int64_t stride = context->saved_data["stride"].toInt();
        const std::int64_t padding = context->saved_data["padding"].toInt();
        at::Tensor input_gradient;
        if (context->needs_input_grad(0)) {
            input_gradient = std::get<0>(at::convolution_backward(
                gradients[0], x, weight, {}, {stride, stride}, {padding, padding}, {1, 1},
                /*transposed=*/false, {0, 0}, /*groups=*/1, {true, false, false}));
        }
        return {input_gradient, weight_gradient(x, gradients[0], weight.size(2), stride, padding), {}, {}};
    }
};

bool under_autocast() { return at::autocast::is_autocast_enabled(at::kCPU); }

/// The type in which a convolution of x is computed.
at::ScalarType convolution_type(const at::Tensor& x) {
    return under_autocast() ? at::autocast::get_autocast_dtype(at::kCPU) : x.scalar_type();
}

/// Matrix products in bfloat16 are slow on a processor without bfloat16 arithmetic.
bool is_fast(at::ScalarType type) {
#if defined(__x86_64__)
    if (type == at::kBFloat16) return __builtin_cpu_supports("avx512bf16");
#endif
    return type == at::kFloat;
}

}  // namespace

bool has_small_map(const Step& step, const at::Tensor& x, const at::Tensor& weight) {
    return weight.requires_grad() && at::GradMode::is_enabled() && x.is_cpu() &&
           is_fast(convolution_type(x)) && step.groups == 1 && !step.window.same &&
           step.window.outputs_for(x.size(2)) <= largest_side &&
           step.window.outputs_for(x.size(3)) <= largest_side;
}

at::Tensor small_map_convolution(const at::Tensor& x, const at::Tensor& weight, int stride, int padding) {
    // Autocast casts the arguments of conv2d, but not those of this function.
    const auto cast = [](const at::Tensor& tensor) {
        if (!under_autocast()) return tensor;
        return at::autocast::cached_cast(at::autocast::get_autocast_dtype(at::kCPU), tensor, at::kCPU);
    };
    return SmallMapConvolution::apply(cast(x), cast(weight), std::int64_t{stride}, std::int64_t{padding});
}

}  // namespace imnet
