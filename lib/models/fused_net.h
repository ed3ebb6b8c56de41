// The net as an engine for inference runs it: fewer and larger steps.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

/// One step with all that follows from it at once: y = relu((conv(x) + residual) · scale + shift),
/// where each part but the operation may be absent. Values keep the numbers of the architecture.
struct FusedStep {
    /// `affine` is x · scale + shift for each channel: a batch norm with no convolution before it
    /// that it could be folded into.
    enum class Kind { convolution, affine, max_pool, global_average_pool, linear };

    Kind kind = Kind::convolution;
    std::string name;  ///< path of the module
    int input = 0;
    int residual = -1;  ///< value that is added to the convolution's; -1 for none
    int output = 0;
    int in_channels = 0;
    int out_channels = 0;
    int kernel = 1;
    int stride = 1;
    int padding = 0;
    int groups = 1;
    bool relu = false;

    std::span<const float> weight;    ///< as the checkpoint holds it: [out, in / groups, kernel, kernel]
    std::vector<float> weight_scale;  ///< for each output channel; empty for 1: see `folded_weight`
    std::vector<float> bias;          ///< [out] of a convolution or linear step
    std::vector<float> scale;         ///< [out], applied after the residual; empty for none
    std::vector<float> shift;         ///< [out]
};

struct FusedNet {
    std::vector<FusedStep> steps;
    int classes = 0;
    Parameters parameters;  ///< owns what the weights view
};

/// Folds every batch norm that follows a convolution into its weights (computed in double), and
/// joins residual additions, later batch norms and ReLUs to the convolution or pool that they follow. A value
/// that several steps read is never folded away. Throws ModelError for a net that it cannot join.
FusedNet fuse(const Architecture& architecture, const Parameters& parameters);

/// The weight of a convolution with its batch norm folded in: [out, in / groups, kernel, kernel].
std::vector<float> folded_weight(const FusedStep& step);

}  // namespace imnet
