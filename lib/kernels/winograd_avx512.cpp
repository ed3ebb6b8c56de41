// Compiled with -mavx512f where the compiler's target is x86-64.
#if defined(__AVX512F__)

#include <immintrin.h>

#include "kernels/winograd_loops.h"

namespace imnet {
namespace {

struct Avx512 {
    using Vector = __m512;
    static constexpr const char* name = "avx512f";
    static constexpr int lanes = 16;
    static constexpr int rows = 12;
    static Vector all(float x) { return _mm512_set1_ps(x); }
    static Vector multiply_add(Vector x, Vector y, Vector z) { return _mm512_fmadd_ps(x, y, z); }
};

}  // namespace

const WinogradKernels* avx512_winograd_kernels() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma") ? &winograd::kernels<Avx512>
                                                                              : nullptr;
}

}  // namespace imnet

#else

#include "kernels/winograd_kernels.h"

namespace imnet {

const WinogradKernels* avx512_winograd_kernels() { return nullptr; }

}  // namespace imnet

#endif
