#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "base/aligned_memory.h"
#include "engines/onednn/arithmetic.h"
#include "engines/onednn/step_runner.h"
#include "models/fused_net.h"

namespace imnet {

/// A convolution that oneDNN computes. It makes one primitive for each number of images, once, and packs
/// the weights; all workers share them.
class OneDnnConvolution {
public:
    /// For images of this size and `threads` threads. The step must outlive the convolution.
    OneDnnConvolution(const FusedStep& step, int height, int width, Arithmetic arithmetic, int threads,
                      const dnnl::engine& engine);

    /// Prepares runs over that many images: generates code and packs weights.
    void prepare(int images);

    /// A runner for one worker. Calls `prepare` if that has not been done.
    std::unique_ptr<StepRunner> runner(int images, Scratch& scratch);

private:
    struct Prepared {
        dnnl::convolution_forward primitive;
        dnnl::memory::desc source;
        dnnl::memory::desc destination;
        dnnl::memory::desc scratchpad;
        dnnl::memory weight;
    };
    class Runner;

    dnnl::convolution_forward::primitive_desc describe(int images) const;
    dnnl::memory packed_weight(const dnnl::memory::desc& wanted);
    const Prepared& prepared(int images);

    const FusedStep& step_;
    int height_;
    int width_;
    Arithmetic arithmetic_;
    int threads_;
    dnnl::engine engine_;
    dnnl::memory bias_;
    dnnl::memory scale_;  ///< applied after the residual is added; empty for none
    dnnl::memory shift_;
    std::mutex mutex_;
    std::map<int, Prepared> by_images_;
    std::vector<std::pair<AlignedMemory, dnnl::memory>> weights_;  ///< one in each layout that is used
};

}  // namespace imnet
