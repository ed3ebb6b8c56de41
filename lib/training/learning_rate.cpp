#include "training/learning_rate.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace imnet {

double learning_rate(const LearningRate& schedule, double epochs_done) {
    constexpr double start = 0.01;
    if (epochs_done < schedule.warmup_epochs) {
        return schedule.base * (start + (1 - start) * epochs_done / schedule.warmup_epochs);
    }
    const double length = schedule.epochs - schedule.warmup_epochs;
    const double part = length > 0 ? (epochs_done - schedule.warmup_epochs) / length : 0;
    switch (schedule.kind) {
        case Schedule::constant: break;
        case Schedule::cosine: return schedule.base * (1 + std::cos(std::numbers::pi * part)) / 2;
        case Schedule::step: return schedule.base * std::pow(0.1, std::floor(3 * part));
    }
    return schedule.base;
}

std::string describe(const LearningRate& schedule) {
    const char* kind = schedule.kind == Schedule::constant ? "constant"
                       : schedule.kind == Schedule::cosine ? "cosine"
                                                           : "step";
    return fmt::format("{}, warm-up {}", kind, schedule.warmup_epochs);
}

}  // namespace imnet
