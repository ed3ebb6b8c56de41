#include "kernels/linear.h"

#include <cstddef>
#include <cstring>

#include "base/cpu_clones.h"

#define IMNET_INLINE inline __attribute__((always_inline))

namespace imnet {
namespace {

// Sixteen sums side by side; the compiler splits them into the registers that the processor has.
using Lanes = float __attribute__((vector_size(64)));
constexpr int lanes = 16;

IMNET_INLINE void add_product(Lanes& sum, const float* a, const float* b) {
    Lanes left, right;
    std::memcpy(&left, a, sizeof left);
    std::memcpy(&right, b, sizeof right);
    sum += left * right;
}

IMNET_INLINE float dot(const float* a, const float* b, int count) {
    constexpr int chains = 4;  // a multiply-add takes that long
    Lanes sums[chains] = {};
    int i = 0;
    for (; i + chains * lanes <= count; i += chains * lanes) {
        for (int chain = 0; chain < chains; ++chain) {
            add_product(sums[chain], a + i + chain * lanes, b + i + chain * lanes);
        }
    }
    const Lanes total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float sum = 0;
    for (int lane = 0; lane < lanes; ++lane) sum += total[lane];
    for (; i < count; ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace

IMNET_CPU_CLONES void linear(const float* x, int images, int in, const float* weight, const float* bias,
                             int out, float* y) {
    // A row of the weight stays in the cache while it meets every image.
    for (int o = 0; o < out; ++o) {
        const float* row = weight + static_cast<std::ptrdiff_t>(o) * in;
        for (int image = 0; image < images; ++image) {
            y[static_cast<std::ptrdiff_t>(image) * out + o] =
                dot(x + static_cast<std::ptrdiff_t>(image) * in, row, in) + bias[o];
        }
    }
}

}  // namespace imnet
