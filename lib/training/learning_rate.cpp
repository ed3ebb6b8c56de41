#include "training/learning_rate.h"

#include <cmath>
#include <numbers>

namespace imnet {
namespace {

/// `since` epochs after the end of the warm-up.
double scheduled(const LearningRate& schedule, double since) {
    switch (schedule.schedule) {
        case LearningRate::Schedule::constant: break;
        case LearningRate::Schedule::cosine: {
            const double part = since / (schedule.epochs - schedule.warmup_epochs);
            return schedule.minimum +
                   (schedule.base - schedule.minimum) * (1 + std::cos(std::numbers::pi * part)) / 2;
        }
        case LearningRate::Schedule::step: {
            // A value below a step by only a rounding error counts as the step.
            constexpr double rounding = 1e-9;
            return schedule.base *
                   std::pow(schedule.step_factor, std::floor(since / schedule.step_epochs + rounding));
        }
    }
    return schedule.base;
}

}  // namespace

double learning_rate(const LearningRate& schedule, double progress) {
    if (progress >= schedule.warmup_epochs) return scheduled(schedule, progress - schedule.warmup_epochs);
    const double start = schedule.warmup_start;
    return schedule.base * (start + (1 - start) * progress / schedule.warmup_epochs);
}

std::string_view name(LearningRate::Schedule schedule) {
    switch (schedule) {
        case LearningRate::Schedule::constant: return "constant";
        case LearningRate::Schedule::cosine: return "cosine";
        case LearningRate::Schedule::step: return "step";
    }
    return "";
}

}  // namespace imnet
