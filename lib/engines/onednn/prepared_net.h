#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "base/aligned_memory.h"
#include "engines/onednn/arithmetic.h"
#include "engines/onednn/onednn_convolution.h"
#include "engines/onednn/schedule.h"
#include "engines/onednn/step_runner.h"
#include "kernels/grouped_convolution.h"
#include "kernels/nhwc_images.h"
#include "kernels/winograd.h"
#include "models/architecture.h"
#include "models/fused_net.h"

namespace imnet {

/// What a net is prepared for.
struct PreparedFor {
    Arithmetic arithmetic = Arithmetic::fp32;
    int image_size = 224;
    int batch = 8;    ///< images a run at most
    int workers = 1;  ///< that run at once
    int threads = 1;  ///< of each worker
};

/// A net with its schedule, packed weights and generated code: everything that workers share.
class PreparedNet {
public:
    /// Prepares everything, with as many threads as will run it.
    PreparedNet(const Architecture& architecture, FusedNet net, const PreparedFor& purpose);

    const FusedNet& net() const { return net_; }
    const Schedule& schedule() const { return schedule_; }
    const PreparedFor& purpose() const { return purpose_; }
    std::size_t value_bytes(int value) const { return value_bytes_[static_cast<std::size_t>(value)]; }

    /// What one worker runs the step over that many images with.
    std::unique_ptr<StepRunner> runner(std::size_t step, int images, Scratch& scratch) const;

private:
    /// What computes a convolution: exactly one of these is set.
    struct Convolution {
        std::unique_ptr<OneDnnConvolution> onednn;
        std::unique_ptr<WinogradConvolution> winograd;
        std::unique_ptr<GroupedConvolution> grouped;
    };

    NhwcImages images_of(int value, int images) const;  ///< 1×1 for features
    Convolution make_convolution(const FusedStep& step) const;
    void prepare_all();

    FusedNet net_;
    PreparedFor purpose_;
    std::vector<Shape> shapes_;             ///< by value, of one image
    std::vector<std::size_t> value_bytes_;  ///< the same
    Schedule schedule_;
    int tile_ = 4;  ///< side of Winograd's output tiles
    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    std::vector<Convolution> convolutions_;  ///< by step
};

}  // namespace imnet
