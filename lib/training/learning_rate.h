#pragma once

#include <string>

namespace imnet {

enum class Schedule { constant, cosine, step };

/// How the learning rate goes over the epochs.
struct LearningRate {
    Schedule kind = Schedule::constant;
    double base = 0.001;
    int epochs = 10;
    double warmup_epochs = 0;  ///< over these it rises linearly from a hundredth to `base`
};

/// The rate after `epochs_done` epochs, a fraction between batches. As PyTorch's LinearLR with
/// start_factor 0.01, followed by CosineAnnealingLR to 0, or by StepLR to a tenth at each third, each
/// stepped after every batch.
double learning_rate(const LearningRate& schedule, double epochs_done);

/// "cosine, warm-up 1": for the record of a training.
std::string describe(const LearningRate& schedule);

}  // namespace imnet
