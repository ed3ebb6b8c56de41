#pragma once

#include <string_view>

namespace imnet {

/// The learning rate over a training, in epochs: a linear warm-up, then the schedule for the rest. It equals
/// PyTorch's SequentialLR of LinearLR and CosineAnnealingLR, StepLR or a constant rate.
struct LearningRate {
    enum class Schedule { constant, cosine, step };

    double base = 0.1;
    Schedule schedule = Schedule::cosine;
    double epochs = 10;          ///< of the whole training
    double warmup_epochs = 0;    ///< less than `epochs`
    double warmup_start = 0.01;  ///< the warm-up starts at this part of `base` (start_factor of LinearLR)
    double minimum = 0;          ///< the last rate of cosine (eta_min)
    double step_epochs = 30;     ///< the time between two steps (step_size)
    double step_factor = 0.1;    ///< a step multiplies the rate by this (gamma)
};

/// The rate after `progress` epochs, which need not be whole. With progress = step / steps per epoch it
/// equals those schedulers when they are stepped after each batch and count in batches; with whole epochs,
/// when they are stepped after each epoch.
double learning_rate(const LearningRate& schedule, double progress);

/// "constant", "cosine", "step".
std::string_view name(LearningRate::Schedule schedule);

}  // namespace imnet
