// Compares small_map_convolution with libtorch's conv2d. This file is built into unit_tests_torch, which
// links libtorch.
#include <cstdint>

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "engines/torch/small_map_convolution.h"

#undef CHECK  // libtorch defines one, too
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

namespace {

struct Case {
    std::int64_t side, kernel;
    int stride, padding;
};

TEST_CASE("output and gradients are those of conv2d") {
    for (const Case& each : {Case{2, 3, 1, 1}, Case{1, 3, 1, 1}, Case{4, 3, 2, 1}, Case{5, 3, 2, 1},
                             Case{7, 3, 1, 1}, Case{4, 1, 2, 0}, Case{3, 1, 1, 0}, Case{9, 7, 2, 3},
                             Case{2, 7, 2, 3}, Case{6, 3, 3, 0}, Case{3, 2, 1, 0}}) {
        CAPTURE(each.side);
        CAPTURE(each.kernel);
        CAPTURE(each.stride);
        at::manual_seed(1);
        const at::Tensor x = at::randn({3, 5, each.side, each.side + 1}, at::kDouble).requires_grad_();
        const at::Tensor weight = at::randn({4, 5, each.kernel, each.kernel}, at::kDouble).requires_grad_();
        const at::Tensor expected =
            at::conv2d(x, weight, {}, {each.stride, each.stride}, {each.padding, each.padding});
        const at::Tensor answer = imnet::small_map_convolution(x, weight, each.stride, each.padding);
        CHECK(at::equal(answer, expected));

        const at::Tensor outer = at::randn_like(expected);
        const auto wanted = torch::autograd::grad({expected}, {x, weight}, {outer});
        const auto given = torch::autograd::grad({answer}, {x, weight}, {outer});
        CHECK(at::allclose(given[0], wanted[0], 1e-12, 1e-12));
        CHECK(at::allclose(given[1], wanted[1], 1e-12, 1e-12));
    }
}

TEST_CASE("it works if x needs no gradient") {
    const at::Tensor x = at::ones({1, 1, 2, 2});
    const at::Tensor weight = at::ones({1, 1, 3, 3}).requires_grad_();
    imnet::small_map_convolution(x, weight, 1, 1).sum().backward();
    const at::Tensor overlaps = at::tensor({1., 2., 1., 2., 4., 2., 1., 2., 1.}).view({1, 1, 3, 3});
    CHECK(at::equal(weight.grad(), overlaps.to(at::kFloat)));
}

TEST_CASE("under autocast it computes in bfloat16 as conv2d does") {
    at::manual_seed(1);
    const at::Tensor x = at::randn({8, 16, 4, 4}).requires_grad_();
    const at::Tensor weight = at::randn({32, 16, 3, 3}).requires_grad_();
    at::autocast::set_autocast_enabled(at::kCPU, true);
    const at::Tensor expected = at::conv2d(x, weight, {}, {1, 1}, {1, 1});
    const at::Tensor answer = imnet::small_map_convolution(x, weight, 1, 1);
    at::autocast::set_autocast_enabled(at::kCPU, false);
    at::autocast::clear_cache();
    CHECK(at::equal(answer, expected));
    CHECK((answer.scalar_type() == at::kBFloat16));

    const at::Tensor outer = at::randn_like(expected);
    const auto wanted = torch::autograd::grad({expected}, {x, weight}, {outer});
    const auto given = torch::autograd::grad({answer}, {x, weight}, {outer});
    CHECK((given[1].scalar_type() == at::kFloat));
    CHECK(at::equal(given[0], wanted[0]));
    // The expected weight gradient: x rounded to bfloat16, and the sum in float32. One rounding of the result
    // to bfloat16 (8 bits) remains.
    const at::Tensor rounded = x.to(at::kBFloat16).to(at::kFloat);
    const at::Tensor exact = at::conv2d(rounded, weight, {}, {1, 1}, {1, 1});
    const auto sums = torch::autograd::grad({exact}, {weight}, {outer.to(at::kFloat)});
    CHECK(at::allclose(given[1], sums[0], /*rtol=*/1. / 256, /*atol=*/1e-3));
}

bool computes_bfloat16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

TEST_CASE("it is used only for training, for small maps, in float32 or fast bfloat16") {
    imnet::Step step{};
    step.window.kernel = 3;
    step.window.stride = 2;
    step.window.padding = 1;
    const at::Tensor weight = at::ones({4, 4, 3, 3}).requires_grad_();
    CHECK(imnet::has_small_map(step, at::ones({1, 4, 14, 14}), weight));
    CHECK_FALSE(imnet::has_small_map(step, at::ones({1, 4, 15, 14}), weight));
    CHECK_FALSE(imnet::has_small_map(step, at::ones({1, 4, 14, 14}, at::kDouble), weight));
    CHECK(imnet::has_small_map(step, at::ones({1, 4, 14, 14}, at::kBFloat16), weight) == computes_bfloat16());
    at::autocast::set_autocast_enabled(at::kCPU, true);
    CHECK(imnet::has_small_map(step, at::ones({1, 4, 14, 14}), weight) == computes_bfloat16());
    at::autocast::set_autocast_enabled(at::kCPU, false);
    CHECK_FALSE(imnet::has_small_map(step, at::ones({1, 4, 14, 14}), weight.detach()));
    const at::NoGradGuard no_grad;
    CHECK_FALSE(imnet::has_small_map(step, at::ones({1, 4, 14, 14}), weight));
}

}  // namespace
