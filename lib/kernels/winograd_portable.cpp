#include "kernels/winograd_loops.h"

namespace imnet {
namespace {

/// Four floats are what any x86-64 or 64-bit ARM has.
struct Portable {
    using Vector = float __attribute__((vector_size(16)));
    static constexpr const char* name = "portable";
    static constexpr int lanes = 4;
    static constexpr int rows = 6;
    static Vector all(float x) { return Vector{x, x, x, x}; }
    static Vector multiply_add(Vector x, Vector y, Vector z) { return x * y + z; }
};

}  // namespace

const WinogradKernels portable_winograd_kernels = winograd::kernels<Portable>;

}  // namespace imnet
