// The inner loop of max_pool.h, compiled once for each kind of vector. What one processor's file
// compiles must not leak into another's, so these files include no header that defines functions.
#pragma once

#include <cstdint>

namespace imnet {

/// One output pixel: the greatest of nine pixels' `channels` numbers, then the epilogue; `scale` and
/// `shift` may both be null.
template <class Number>
using MaxPoolPixel = void (*)(const Number* const* window, int channels, const float* scale,
                              const float* shift, bool relu, Number* out);

struct MaxPoolKernels {
    const char* name;
    MaxPoolPixel<float> floats;
    MaxPoolPixel<std::uint16_t> bfloats;
};

extern const MaxPoolKernels portable_max_pool_kernels;

/// Null where the processor, or the compiler's target, has no AVX2 with FMA.
const MaxPoolKernels* avx2_max_pool_kernels();

/// Null where the processor, or the compiler's target, has no AVX-512F.
const MaxPoolKernels* avx512_max_pool_kernels();

/// The kernels for this processor.
const MaxPoolKernels& fastest_max_pool_kernels();

}  // namespace imnet
