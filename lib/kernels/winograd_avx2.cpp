// Compiled with -mavx2 -mfma where the compiler's target is x86-64.
#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>

#include "kernels/winograd_loops.h"

namespace imnet {
namespace {

struct Avx2 {
    using Vector = __m256;
    static constexpr const char* name = "avx2";
    static constexpr int lanes = 8;
    static constexpr int rows = 6;
    static Vector all(float x) { return _mm256_set1_ps(x); }
    static Vector multiply_add(Vector x, Vector y, Vector z) { return _mm256_fmadd_ps(x, y, z); }
};

}  // namespace

const WinogradKernels* avx2_winograd_kernels() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &winograd::kernels<Avx2>
                                                                           : nullptr;
}

}  // namespace imnet

#else

#include "kernels/winograd_kernels.h"

namespace imnet {

const WinogradKernels* avx2_winograd_kernels() { return nullptr; }

}  // namespace imnet

#endif
