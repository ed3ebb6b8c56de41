#pragma once

#include <memory>

#include "engines/onednn/arithmetic.h"
#include "engines/onednn/step_runner.h"
#include "kernels/nhwc_images.h"
#include "models/fused_net.h"

namespace imnet {

/// The sizes of what a step reads and writes, and what it runs with.
struct KernelRun {
    NhwcImages input;   ///< 1×1 if it reads features
    NhwcImages output;  ///< the same
    Arithmetic arithmetic = Arithmetic::fp32;
    int threads = 1;
};

/// A runner of a step that lib/kernels computes without preparation: any but a convolution. The step must
/// outlive it. Throws ModelError if no kernel computes the step.
std::unique_ptr<StepRunner> kernel_runner(const FusedStep& step, const KernelRun& run);

}  // namespace imnet
