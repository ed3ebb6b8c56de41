// Which instruction sets the kernels are compiled for: SSE4, AVX2 and AVX-512 on x86-64, NEON on 64-bit
// ARM, and plain C++ for older x86-64 processors. The best one that the processor has is chosen at run
// time. Each kernel is one source file that Highway includes again for each set (hwy/foreach_target.h).
// Include this file before any of Highway's.
#pragma once

// SSSE3 gains little over plain C++ on processors that are rare by now. The kernels need vectors whose
// length is known when they are compiled, which SVE's is not.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
