// Compiled with -mavx2 -mfma where the compiler's target is x86-64.
#include "kernels/max_pool_loops.h"

namespace imnet {

#if defined(__AVX2__) && defined(__FMA__)

namespace {

struct Avx2 {
    static constexpr const char* name = "avx2";
};

}  // namespace

const MaxPoolKernels* avx2_max_pool_kernels() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &max_pooling::kernels<Avx2>
                                                                           : nullptr;
}

#else

const MaxPoolKernels* avx2_max_pool_kernels() { return nullptr; }

#endif

}  // namespace imnet
