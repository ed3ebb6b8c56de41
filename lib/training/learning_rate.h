#pragma once

#include <string_view>

namespace imnet {

/// How the learning rate goes over a training, in epochs: a linear warm-up, then the schedule over the rest,
/// as SequentialLR joins PyTorch's LinearLR with no scheduler, CosineAnnealingLR or StepLR.
struct LearningRate {
    enum class Schedule { constant, cosine, step };

    double base = 0.1;
    Schedule schedule = Schedule::cosine;
    double epochs = 10;        ///< of the whole training
    double warmup_epochs = 0;  ///< less than `epochs`
    double warmup_start =
        0.01;                  ///< the part of `base` that the warm-up starts from (LinearLR's start_factor)
    double minimum = 0;        ///< where cosine ends (eta_min)
    double step_epochs = 30;   ///< from a step to the next (step_size)
    double step_factor = 0.1;  ///< what a step multiplies by (gamma)
};

/// The rate after `progress` epochs, whole or not. With progress = step / steps per epoch it is what those
/// schedulers give when they are stepped after each batch and their lengths are counted in batches; with
/// whole epochs, when they are stepped after each epoch.
double learning_rate(const LearningRate& schedule, double progress);

/// "constant", "cosine", "step".
std::string_view name(LearningRate::Schedule schedule);

}  // namespace imnet
