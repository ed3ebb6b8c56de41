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
    /// `affine` is a batch norm that could not be folded into a convolution: only · scale + shift. The others
    /// are the operations of the same name.
    enum class Kind {
        convolution,
        affine,
        group_norm,
        evo_norm,
        max_pool,
        average_pool,
        blur_pool,
        global_average_pool,
        squeeze_excitation,
        channel_attention,
        linear
    };

    Kind kind = Kind::convolution;
    std::string name;  ///< path of the module
    int input = 0;
    int residual = -1;  ///< value that is added to the operation's result; -1 for none
    int output = 0;
    int in_channels = 0;
    int out_channels = 0;
    Window window = {};
    int groups = 1;
    int reduced_channels = 0;                  ///< of a squeeze_excitation
    float eps = 0.0F;                          ///< of a group_norm or an evo_norm
    Activation activation = Activation::none;  ///< of all but a convolution `relu` or `none`

    /// From the checkpoint: [out, in / groups, kernel, kernel]; [out] of a norm; `fc2` of a
    /// squeeze_excitation.
    std::span<const float> weight;
    std::span<const float> gate;           ///< [out], of an evo_norm
    std::span<const float> reduce_weight;  ///< `fc1` of a squeeze_excitation: [reduced, out]
    std::span<const float> reduce_bias;    ///< [reduced]
    std::vector<double> weight_mean;       ///< [out], see `folded_weight`; empty for 0
    std::vector<double> weight_scale;      ///< [out], see `folded_weight`; empty for 1
    std::vector<float> bias;               ///< [out], of a convolution, norm, linear or squeeze_excitation
    std::vector<float> scale;              ///< [out], applied after the residual; empty for none
    std::vector<float> shift;              ///< [out], applied after the scale
};

struct FusedNet {
    std::vector<FusedStep> steps;
    int classes = 0;
    Parameters parameters;  ///< owns the memory that `FusedStep::weight` views
};

/// Folds a batch norm directly after a convolution, and the standardisation of its weight, into its weights
/// and bias (computed in double). Fuses residual additions, other batch norms and activations into the step
/// before them. Keeps every value that more than one step reads. Throws ModelError if an activation or
/// addition cannot be fused.
FusedNet fuse(const Architecture& architecture, const Parameters& parameters);

/// (weight − weight_mean) · weight_scale, the weight as the convolution uses it: [out, in / groups, kernel,
/// kernel].
std::vector<float> folded_weight(const FusedStep& step);

}  // namespace imnet
