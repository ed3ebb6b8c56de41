#pragma once

/// (A CPU by name, as in arch=haswell, would not do: AMD and others have the same instructions.)
/// Marks a function whose loops the compiler vectorises for several processors; the program picks
/// the best when it is loaded. ThreadSanitizer cannot run code before it is itself ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define IMNET_CPU_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define IMNET_CPU_CLONES
#endif
