// Epochs of steps, each epoch validated and its state kept: the loop that a text on PyTorch leaves out.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engines/trainer.h"
#include "evaluation/evaluation.h"
#include "training/learning_rate.h"
#include "training/mixing.h"
#include "training/training_batches.h"
#include "training/training_state.h"

namespace imnet {

/// Gives the batches of an epoch; nothing at its end.
using NextBatch = std::function<std::optional<TrainingBatch>()>;

/// What is trained on and with.
struct TrainingTask {
    std::function<NextBatch(const EpochPlan&)> epoch;
    /// With a loss; nothing where the net's answers are no numbers.
    std::function<std::optional<Evaluation>(Trainer&)> validate;
    std::function<void(Trainer&, const EpochResult&)> keep;  ///< the best weights so far, as a model
};

struct LoopOptions {
    int epochs = 10;
    int batch = 32;
    int threads = 1;
    std::uint64_t seed = 0;
    std::uint64_t pictures = 0;  ///< of an epoch
    int classes = 0;
    LearningRate learning_rate;
    Mixing mixing;
    int size = 0;            ///< side of a picture, for mixing
    int smallest_batch = 1;  ///< fewer pictures are no batch: one alone teaches a batch norm nothing
    std::string settings;
    std::string state_path;
};

struct LoopEvents {
    std::function<void(const TrainingProgress&)> on_step;
    std::function<void(std::span<const EpochResult>)> on_epoch;  ///< all epochs so far
};

/// Trains to the end, from where `state` left off if there is one, and removes the state that it keeps.
/// The best epoch is the first with the highest top-1; it is kept as soon as it is known. A signal saves
/// the state and throws Interrupted; a loss, gradient or weight that is not finite throws ModelError, and
/// what was kept stays. Throws UsageError where pictures to train or to validate with are missing. Returns
/// the curve.
std::vector<EpochResult> train(Trainer& trainer, const TrainingTask& task, const LoopOptions& options,
                               const std::optional<TrainingState>& state, const LoopEvents& events);

/// The epoch that was kept: the first with the highest top-1 accuracy. Not of an empty curve.
const EpochResult& best_epoch(std::span<const EpochResult> curve);

}  // namespace imnet
