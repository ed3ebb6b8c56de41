// The network as an inference engine runs it: fewer, larger steps than in the architecture.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

/// One step with the steps that were fused into it: y = activation((operation(x) + residual) · scale +
/// shift). Every part except the operation may be absent. Values keep their numbers from the architecture.
struct FusedStep {
    /// `affine` is a batch norm that could not be folded into a convolution: only · scale + shift.
    enum class Kind { convolution, affine, max_pool, global_average_pool, linear };

    Kind kind = Kind::convolution;
    std::string name;  ///< path of the module
    int input = 0;
    int residual = -1;  ///< value that is added to the convolution's result; -1 for none
    int output = 0;
    int in_channels = 0;
    int out_channels = 0;
    Window window = {};
    int groups = 1;
    Activation activation = Activation::none;  ///< of a pool or an affine step `relu` or `none`

    std::span<const float> weight;    ///< from the checkpoint: [out, in / groups, kernel, kernel]
    std::vector<float> weight_scale;  ///< [out], see `folded_weight`; empty for 1
    std::vector<float> bias;          ///< [out], of a convolution or linear step
    std::vector<float> scale;         ///< [out], applied after the residual; empty for none
    std::vector<float> shift;         ///< [out], applied after the scale
};

struct FusedNet {
    std::vector<FusedStep> steps;
    int classes = 0;
    Parameters parameters;  ///< owns the memory that `FusedStep::weight` views
};

/// Folds a batch norm directly after a convolution into its weights and bias (computed in double). Fuses
/// residual additions, other batch norms and activations into the convolution or pooling before them. Keeps
/// every value that more than one step reads. Throws ModelError if an activation or addition cannot be fused.
FusedNet fuse(const Architecture& architecture, const Parameters& parameters);

/// `weight` times `weight_scale`, the weight with its batch norm folded in: [out, in / groups, kernel,
/// kernel].
std::vector<float> folded_weight(const FusedStep& step);

}  // namespace imnet
