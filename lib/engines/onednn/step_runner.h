#pragma once

#include <cstddef>

namespace imnet {

/// Computes one fused step for a fixed number of images. Each worker has its own. Activations are
/// channels-last: [images, height, width, channels].
class StepRunner {
public:
    virtual ~StepRunner() = default;

    /// Reads the step's input and writes its output. Where the step adds a residual, `destination`
    /// holds it before, and the sum after.
    virtual void run(const std::byte* source, std::byte* destination) = 0;
};

}  // namespace imnet
