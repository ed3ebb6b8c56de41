// Trains a network one batch at a time. Like an engine, it hides the library that computes. Only libtorch
// can train.
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

/// As in PyTorch, Adam adds the weight decay to the gradient, and AdamW applies it to the weight itself.
/// Batch norms and biases have no weight decay.
struct OptimizerOptions {
    Optimizer kind = Optimizer::adam;
    double beta1 = 0.9;  ///< Adam and AdamW
    double beta2 = 0.999;
    double eps = 1e-8;
    double momentum = 0.9;  ///< SGD
    double weight_decay = 0;
    double clip_norm = 0;  ///< as in `clip_grad_norm_`, over all weights; 0 for no clipping
};

struct TrainerOptions {
    Device device;
    Precision precision = Precision::fp32;  ///< bf16 is PyTorch's autocast: weights stay in float32
    int threads = 1;
    std::vector<std::int64_t>
        input_shape;  ///< of one input: {H, W, 3}, or {features} if only the head is trained
    OptimizerOptions optimizer;
    double label_smoothing = 0;
    std::vector<float> class_weights;  ///< [classes]; empty for 1
    /// For each parameter of the architecture, whether it is trained. A batch norm whose weight is not
    /// trained runs as in `eval()`: it uses its running statistics and does not change them.
    std::vector<bool> trainable;
};

struct TrainingStep {
    double loss = 0;           ///< cross-entropy, mean over the batch
    double gradient_norm = 0;  ///< L2 norm of all gradients before clipping
};

/// A network in training. Use it on one thread.
class Trainer {
public:
    virtual ~Trainer() = default;

    /// One step of the optimizer. `inputs` is [count, input_shape…], `targets` is [count, classes],
    /// probabilities. If every row is one-hot, the loss is PyTorch's cross-entropy of class indices, whose
    /// mean is weighted by the class weights. If loss or gradient is not finite, no weight changes.
    virtual TrainingStep step(std::span<const float> inputs, std::span<const float> targets, int count,
                              double learning_rate) = 0;

    /// The clipped gradients of the last step, under the names of their parameters.
    virtual StateDict gradients() const = 0;

    /// The logits of the network in `eval()`: [count, classes].
    virtual void logits(std::span<const float> inputs, int count, std::span<float> out) = 0;

    /// A copy of all parameters and running statistics.
    virtual StateDict weights() const = 0;

    /// A copy of the optimizer's state, for `restore`.
    virtual StateDict optimizer_state() const = 0;

    /// Loads copies made by `weights` and `optimizer_state`. Throws ModelError if a tensor is missing or has
    /// the wrong number of elements.
    virtual void restore(const StateDict& weights, const StateDict& optimizer_state) = 0;
};

/// Prepares a network for training. Throws ModelError if libtorch or the device is not available.
std::unique_ptr<Trainer> open_trainer(const Architecture& architecture, const Parameters& parameters,
                                      const TrainerOptions& options);

}  // namespace imnet
