// What trains a net: a batch and its targets go in, the weights move. Like an engine it hides the
// library that computes; only libtorch can.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checkpoints/state_dict.h"
#include "engines/engine.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

enum class Optimizer { adam, adamw, sgd };

/// How the weights move. As in PyTorch: Adam's decay joins the gradient, AdamW's does not. Norms and
/// biases never decay.
struct OptimizerOptions {
    Optimizer kind = Optimizer::adam;
    double beta1 = 0.9;  ///< Adam and AdamW
    double beta2 = 0.999;
    double eps = 1e-8;
    double momentum = 0.9;  ///< SGD
    double weight_decay = 0;
    double clip_norm = 0;  ///< longest gradient of all weights together; 0 for any
};

struct TrainerOptions {
    Device device;
    Precision precision = Precision::fp32;  ///< bf16 is PyTorch's autocast: the weights stay in float32
    int threads = 1;
    std::vector<std::int64_t> input_shape;  ///< of one input: {H, W, 3}, or {features} for a head alone
    OptimizerOptions optimizer;
    double label_smoothing = 0;
    std::vector<float> class_weights;  ///< one a class; empty for 1
    /// For each parameter of the architecture, whether it moves. A norm whose weight does not move
    /// keeps its statistics, too, and uses them, as in `eval()`.
    std::vector<bool> trainable;
};

struct TrainingStep {
    double loss = 0;           ///< cross-entropy, mean over the batch
    double gradient_norm = 0;  ///< before it is clipped
};

/// One thread uses it.
class Trainer {
public:
    virtual ~Trainer() = default;

    /// One step down the gradient. `inputs` is [count, input_shape], `targets` [count, classes] of
    /// probabilities; where each row has one class alone, the loss is PyTorch's of class indices, whose
    /// mean is weighted by the class weights. Where loss or gradient is not finite, no weight moves.
    virtual TrainingStep step(std::span<const float> inputs, std::span<const float> targets, int count,
                              double learning_rate) = 0;

    /// The gradients of the last step, clipped, under the names of their parameters.
    virtual StateDict gradients() const = 0;

    /// What the net in `eval()` answers: [count, classes].
    virtual void logits(std::span<const float> inputs, int count, std::span<float> out) = 0;

    /// A copy of all parameters and statistics.
    virtual StateDict weights() const = 0;

    /// A copy of what the optimizer remembers, under names that `restore` knows.
    virtual StateDict optimizer_state() const = 0;

    /// Goes on from such copies. Throws ModelError where something is missing or misshapen.
    virtual void restore(const StateDict& weights, const StateDict& optimizer_state) = 0;
};

/// Makes a net ready to be trained. Throws ModelError where libtorch or the device cannot be had.
std::unique_ptr<Trainer> open_trainer(const Architecture& architecture, const Parameters& parameters,
                                      const TrainerOptions& options);

}  // namespace imnet
