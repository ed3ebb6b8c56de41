#pragma once

/// Marks a function whose loops the compiler vectorises for several processors; the program picks
/// the best when it is loaded. ThreadSanitizer cannot run code before it is itself ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define IMNET_CPU_CLONES __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define IMNET_CPU_CLONES
#endif
