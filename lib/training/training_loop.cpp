#include "training/training_loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/interruption.h"
#include "checkpoints/finite.h"

namespace imnet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// [n, classes]: 1 at the target of each picture, 0 elsewhere.
std::vector<float> one_hot(const std::vector<int>& targets, int classes) {
    std::vector<float> probabilities(targets.size() * static_cast<std::size_t>(classes));
    for (std::size_t i = 0; i < targets.size(); ++i)
        probabilities[i * static_cast<std::size_t>(classes) + static_cast<std::size_t>(targets[i])] = 1;
    return probabilities;
}

class Training {
public:
    Training(Trainer& trainer, const TrainingTask& task, const LoopOptions& options, const LoopEvents& events)
        : trainer_(trainer), task_(task), options_(options), events_(events) {}

    void go_on_from(const TrainingState& state) {
        trainer_.restore(state.weights, state.optimizer);
        progress_ = state.progress;
        // The state is written before the model, so a run may have been killed between the two.
        if (!progress_.curve.empty() && progress_.batch == 0 && newest_is_best()) {
            task_.keep(trainer_, progress_.curve.back());
        }
    }

    std::vector<EpochResult> run() {
        while (progress_.epoch < options_.epochs) run_epoch();
        std::error_code ignored;
        std::filesystem::remove(options_.state_path, ignored);
        return std::move(progress_.curve);
    }

private:
    // The learning rate of the given batch of the current epoch.
    double rate(int before_batch) const {
        const auto batch = static_cast<std::uint64_t>(options_.batch);
        const auto steps = static_cast<double>((options_.pictures + batch - 1) / batch);
        return learning_rate(options_.learning_rate, progress_.epoch + before_batch / steps);
    }

    bool newest_is_best() const { return &best_epoch(progress_.curve) == &progress_.curve.back(); }

    void run_epoch() {
        const Clock::time_point start = Clock::now();
        const NextBatch next =
            task_.epoch({options_.seed, progress_.epoch, progress_.batch, options_.batch, options_.threads});
        while (auto batch = next()) {
            if (static_cast<int>(batch->targets.size()) >= options_.smallest_batch) take_step(*batch);
            ++progress_.batch;
            if (events_.on_step) events_.on_step(progress_);
            stop_if_asked();
        }
        if (progress_.pictures == 0) {
            throw UsageError(
                fmt::format("none of the {} training pictures could be read, or fewer than {} in every batch",
                            options_.pictures, options_.smallest_batch));
        }
        // The effect of a step on the weights shows only in the next loss; running statistics never affect
        // it.
        if (!all_finite(trainer_.weights())) stop_diverged("a weight is not finite", progress_.batch);
        const auto validated = task_.validate(trainer_);
        stop_if_asked();  // an interrupted validation is incomplete
        if (!validated) stop_diverged("an answer in validation is not finite", progress_.batch);
        const Evaluation& evaluation = *validated;
        if (evaluation.images() == 0) throw UsageError("none of the validation pictures could be read");
        const auto count = static_cast<double>(evaluation.images());
        progress_.curve.push_back({progress_.epoch + 1, rate(std::max(progress_.batch - 1, 0)),
                                   progress_.loss_sum / static_cast<double>(progress_.pictures),
                                   evaluation.mean_loss().value_or(0),
                                   static_cast<double>(evaluation.top1()) / count,
                                   static_cast<double>(evaluation.top5()) / count, seconds_since(start)});
        ++progress_.epoch;
        progress_.batch = 0;
        progress_.loss_sum = 0;
        progress_.pictures = 0;
        save();
        if (newest_is_best()) task_.keep(trainer_, progress_.curve.back());
        if (events_.on_epoch) events_.on_epoch(progress_.curve);
    }

    void take_step(TrainingBatch& batch) {
        const auto count = static_cast<int>(batch.targets.size());
        std::vector<float> targets = one_hot(batch.targets, options_.classes);
        mix_pictures(batch, targets);
        const TrainingStep step = trainer_.step(batch.inputs, targets, count, rate(progress_.batch));
        const int number = progress_.batch + 1;
        if (!std::isfinite(step.loss)) stop_diverged(fmt::format("the loss is {}", step.loss), number);
        if (!std::isfinite(step.gradient_norm))
            stop_diverged(fmt::format("the gradient's length is {}", step.gradient_norm), number);
        progress_.loss_sum += step.loss * count;
        progress_.pictures += batch.targets.size();
    }

    [[noreturn]] void stop_diverged(const std::string& what, int step) const {
        throw ModelError(fmt::format(
            "{} at step {} of epoch {}: {}; a smaller --lr or --clip-norm 1 may help", what, step,
            progress_.epoch + 1,
            progress_.curve.empty()
                ? "nothing was written"
                : fmt::format("the best epoch so far, {}, is kept", best_epoch(progress_.curve).epoch)));
    }

    void stop_if_asked() {
        const int signal = interrupted();
        if (signal == 0) return;
        save();
        throw Interrupted{signal};
    }

    void save() {
        write_state(options_.state_path,
                    {options_.settings, progress_, trainer_.weights(), trainer_.optimizer_state()});
    }

    // The index is far from those of the pictures, which start at 0, so that the seed differs from theirs.
    void mix_pictures(TrainingBatch& batch, std::vector<float>& targets) const {
        if (options_.mixing.mixup_alpha == 0 && options_.mixing.cutmix_alpha == 0) return;
        const std::uint64_t index = ~static_cast<std::uint64_t>(progress_.batch);
        mix({batch.inputs, targets, static_cast<int>(batch.targets.size()), options_.size}, options_.mixing,
            sample_seed(options_.seed, static_cast<std::uint64_t>(progress_.epoch), index));
    }

    Trainer& trainer_;
    const TrainingTask& task_;
    const LoopOptions& options_;
    const LoopEvents& events_;
    TrainingProgress progress_;
};

}  // namespace

std::vector<EpochResult> train(Trainer& trainer, const TrainingTask& task, const LoopOptions& options,
                               const std::optional<TrainingState>& state, const LoopEvents& events) {
    Training training(trainer, task, options, events);
    if (state) training.go_on_from(*state);
    return training.run();
}

const EpochResult& best_epoch(std::span<const EpochResult> curve) {
    return *std::max_element(curve.begin(), curve.end(), [](const EpochResult& a, const EpochResult& b) {
        return a.validation_top1 < b.validation_top1;
    });
}

}  // namespace imnet
