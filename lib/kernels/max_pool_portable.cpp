#include "kernels/max_pool_loops.h"

namespace imnet {
namespace {

struct Portable {
    static constexpr const char* name = "portable";
};

}  // namespace

const MaxPoolKernels portable_max_pool_kernels = max_pooling::kernels<Portable>;

}  // namespace imnet
