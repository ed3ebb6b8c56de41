#include "kernels/linear.h"

#include <cstddef>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/linear.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

// Sixteen sums side by side, in as many registers as that takes.
constexpr int sums = 16;
using Floats = hn::CappedTag<float, sums>;
constexpr int lanes = hn::MaxLanes(Floats());
constexpr int registers = sums / lanes;
constexpr int chains = 4;  // a multiply-add takes that long

HWY_INLINE float dot(const float* a, const float* b, int count) {
    const Floats d;
    hn::Vec<Floats> partial[chains * registers];
    HWY_UNROLL(64)
    for (int i = 0; i < chains * registers; ++i) partial[i] = hn::Zero(d);
    int at = 0;
    for (; at + chains * sums <= count; at += chains * sums) {
        HWY_UNROLL(64)
        for (int i = 0; i < chains * registers; ++i) {
            const int from = at + i * lanes;
            partial[i] = hn::MulAdd(hn::LoadU(d, a + from), hn::LoadU(d, b + from), partial[i]);
        }
    }
    float of_all_chains[sums];
    HWY_UNROLL(16)
    for (int i = 0; i < registers; ++i) {
        const auto first = partial[i] + partial[i + registers];
        const auto second = partial[i + 2 * registers] + partial[i + 3 * registers];
        hn::StoreU(first + second, d, of_all_chains + i * lanes);
    }
    const OneLane<float> one;
    auto sum = hn::Zero(one);
    for (const float term : of_all_chains) sum = sum + hn::Set(one, term);
    for (; at < count; ++at) sum = hn::MulAdd(hn::LoadU(one, a + at), hn::LoadU(one, b + at), sum);
    return hn::GetLane(sum);
}

void linear_layer(const float* x, int images, int in, const float* weight, const float* bias, int out,
                  float* y) {
    // A row of the weight stays in the cache while it meets every image.
    for (int o = 0; o < out; ++o) {
        const float* row = weight + static_cast<std::ptrdiff_t>(o) * in;
        for (int image = 0; image < images; ++image) {
            y[static_cast<std::ptrdiff_t>(image) * out + o] =
                dot(x + static_cast<std::ptrdiff_t>(image) * in, row, in) + bias[o];
        }
    }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(linear_layer);

void linear(const float* x, int images, int in, const float* weight, const float* bias, int out, float* y) {
    HWY_DYNAMIC_DISPATCH(linear_layer)(x, images, in, weight, bias, out, y);
}

}  // namespace imnet
#endif  // HWY_ONCE
