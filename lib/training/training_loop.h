// The training loop: epochs of steps. After each epoch it validates and saves the state.
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

/// The data and the actions of a training.
struct TrainingTask {
    std::function<NextBatch(const EpochPlan&)> epoch;
    /// The result has a mean loss. Nothing where the net computes NaN or infinity.
    std::function<std::optional<Evaluation>(Trainer&)> validate;
    std::function<void(Trainer&, const EpochResult&)> keep;  ///< saves the best weights so far as a model
};

struct LoopOptions {
    int epochs = 10;
    int batch = 32;
    int threads = 1;
    std::uint64_t seed = 0;
    std::uint64_t pictures = 0;  ///< in an epoch
    int classes = 0;
    LearningRate learning_rate;
    Mixing mixing;
    int size = 0;            ///< image_size, for mixing
    int smallest_batch = 1;  ///< smaller batches are skipped: batch norm needs two pictures
    std::string settings;
    std::string state_path;
};

struct LoopEvents {
    std::function<void(const TrainingProgress&)> on_step;
    std::function<void(std::span<const EpochResult>)> on_epoch;  ///< all epochs so far
};

/// Trains to the end, continuing from `state` if there is one, and then removes the state file. Gives the
/// results of the epochs. The best epoch is the first with the highest top-1 accuracy; it is saved at once.
/// On a signal it saves the state and throws Interrupted. Throws ModelError for a loss, gradient or weight
/// that is not finite; the saved model stays. Throws UsageError if none of the training pictures or none of
/// the validation pictures can be read.
std::vector<EpochResult> train(Trainer& trainer, const TrainingTask& task, const LoopOptions& options,
                               const std::optional<TrainingState>& state, const LoopEvents& events);

/// The first epoch with the highest top-1 accuracy. The curve must not be empty.
const EpochResult& best_epoch(std::span<const EpochResult> curve);

}  // namespace imnet
