// Compiled with -mavx512f where the compiler's target is x86-64.
#include "kernels/max_pool_loops.h"

namespace imnet {

#if defined(__AVX512F__)

namespace {

struct Avx512 {
    static constexpr const char* name = "avx512f";
};

}  // namespace

const MaxPoolKernels* avx512_max_pool_kernels() {
    return __builtin_cpu_supports("avx512f") ? &max_pooling::kernels<Avx512> : nullptr;
}

#else

const MaxPoolKernels* avx512_max_pool_kernels() { return nullptr; }

#endif

}  // namespace imnet
