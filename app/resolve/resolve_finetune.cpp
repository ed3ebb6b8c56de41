#include "resolve/resolve_finetune.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "cli/version.h"
#include "resolve/numbers.h"
#include "resolve/resolve_engine.h"
#include "resolve/resolve_model.h"

namespace imnet::app {
namespace {

// The stage up to which nothing is trained; empty if none was typed.
std::string resolve_frozen_until(const Options& options) {
    const std::string typed = options.freeze.value_or("none");
    if (typed == "none" || typed == "backbone") return "";
    std::string words = typed;
    std::replace(words.begin(), words.end(), '-', ' ');
    constexpr std::string_view until = "until ";
    if (words.starts_with(until) && words.size() > until.size()) return words.substr(until.size());
    throw UsageError(fmt::format(
        "--freeze {}: it takes none, backbone, or 'until STAGE', such as 'until layer2' or 'until blocks.4'",
        typed));
}

OptimizerOptions resolve_optimizer(const Options& options) {
    OptimizerOptions resolved;
    const std::string typed = options.optimizer.value_or("adam");
    if (typed == "adamw") resolved.kind = Optimizer::adamw;
    if (typed == "sgd") resolved.kind = Optimizer::sgd;
    if (options.momentum && resolved.kind != Optimizer::sgd)
        throw UsageError("--momentum only goes with --optimizer sgd");
    resolved.momentum = real_in_range(options.momentum, "--momentum", 0, 0.9999, 0.9);
    resolved.weight_decay = real_in_range(options.weight_decay, "--weight-decay", 0, 10,
                                          resolved.kind == Optimizer::adamw ? 0.01 : 0);
    resolved.clip_norm = real_in_range(options.clip_norm, "--clip-norm", 1e-9, 1e9, 0);
    return resolved;
}

LearningRate resolve_learning_rate(const Options& options, int epochs) {
    LearningRate resolved;
    resolved.base = real_in_range(options.lr, "--lr", 0, 1000, 0.001);
    resolved.epochs = epochs;
    resolved.warmup_epochs = real_in_range(options.warmup, "--warmup", 0, epochs - 0.001, 0);
    const std::string typed = options.schedule.value_or("constant");
    resolved.schedule = typed == "cosine" ? LearningRate::Schedule::cosine
                        : typed == "step" ? LearningRate::Schedule::step
                                          : LearningRate::Schedule::constant;
    resolved.step_epochs = (epochs - resolved.warmup_epochs) / 3;
    return resolved;
}

// With a frozen backbone, each picture goes through the net once, unchanged.
void refuse_augmentation(const Options& options) {
    const std::pair<bool, const char*> typed[] = {{options.crop_scale.has_value(), "--crop-scale"},
                                                  {options.no_flip, "--no-flip"},
                                                  {options.color_jitter.has_value(), "--color-jitter"},
                                                  {options.mixup.has_value(), "--mixup"},
                                                  {options.cutmix.has_value(), "--cutmix"}};
    for (const auto& [is_typed, name] : typed) {
        if (!is_typed) continue;
        throw UsageError(fmt::format(
            "{}: it has no effect with --freeze backbone, which computes the features of each picture "
            "only once: leave one of them out",
            name));
    }
}

Augmentation resolve_augmentation(const Options& options) {
    Augmentation resolved;
    resolved.scale[0] = real_in_range(options.crop_scale, "--crop-scale", 0.01, 1, 0.08);
    if (options.no_flip) resolved.flip = 0;
    const double jitter = real_in_range(options.color_jitter, "--color-jitter", 0, 1, 0);
    resolved.brightness = resolved.contrast = resolved.saturation = jitter;
    return resolved;
}

LoopOptions resolve_loop(const Options& options) {
    LoopOptions loop;
    loop.epochs = number_in_range(options.epochs, "--epochs", 1, 100'000, 10);
    loop.batch = number_in_range(options.batch, "--batch", 2, 65'536, 32);
    loop.seed = static_cast<std::uint64_t>(
        number_in_range(options.seed, "--seed", 0, std::numeric_limits<int>::max(), 0));
    loop.learning_rate = resolve_learning_rate(options, loop.epochs);
    loop.mixing.mixup_alpha = real_in_range(options.mixup, "--mixup", 0, 100, 0);
    loop.mixing.cutmix_alpha = real_in_range(options.cutmix, "--cutmix", 0, 100, 0);
    return loop;
}

FinetuneOptions resolve_training(const Options& options) {
    FinetuneOptions resolved;
    if (!options.output || *options.output == "-")
        throw UsageError("'imnet finetune' needs -o FILE, the model to write");
    if (!is_file_to_write(*options.output))
        throw UsageError(
            fmt::format("-o {}: it is not a regular file: finetune writes the model anew after each better "
                        "epoch, and the state "
                        "of the training beside it: choose another -o FILE",
                        *options.output));
    resolved.output = *options.output;
    resolved.version = version();
    resolved.freeze.backbone = options.freeze == "backbone";
    if (resolved.freeze.backbone) refuse_augmentation(options);
    if (resolved.freeze.backbone && options.scratch) {
        throw UsageError(
            "--scratch and --freeze backbone contradict each other: a frozen random backbone learns nothing");
    }
    resolved.loop = resolve_loop(options);
    resolved.engine = resolve_engine(options);
    resolved.trainer.device = resolved.engine.device;
    resolved.trainer.precision = resolved.engine.precision;
    resolved.trainer.threads = resolved.loop.threads = resolved.engine.threads;
    resolved.trainer.optimizer = resolve_optimizer(options);
    resolved.trainer.label_smoothing = real_in_range(options.label_smoothing, "--label-smoothing", 0, 1, 0);
    resolved.balanced_classes = options.class_weights == "balanced";
    resolved.augmentation = resolve_augmentation(options);
    return resolved;
}

// With --scratch, --seed is also the seed of the weights.
ModelRequest resolve_start(const Options& options, std::uint64_t seed) {
    if (!options.scratch) {
        ModelRequest start = resolve_trained_model(options);
        start.backbone_suffices = true;
        return start;
    }
    if (options.weights) throw UsageError("--weights and --scratch contradict each other");
    const ModelName name = parse_model_name(options.model.value_or(""), "");
    return {.source = RandomSource{.seed = seed},
            .architecture = name.architecture,
            .preprocessing_of = name.weights == nullptr ? "" : std::string(name.weights->name)};
}

}  // namespace

FinetuneRun resolve_finetune(const Options& options) {
    if (options.arguments.size() != 1)
        throw UsageError("'imnet finetune' takes one folder, with a folder of pictures for each class");
    FinetuneRun run;
    run.options = resolve_training(options);
    run.frozen_until = resolve_frozen_until(options);
    run.folder = options.arguments.front();
    run.validation_folder = options.val;
    if (options.val && options.val_fraction)
        throw UsageError("--val and --val-fraction contradict each other");
    run.held_back = real_in_range(options.val_fraction, "--val-fraction", 0.001, 0.999, 0.2);
    run.model = resolve_start(options, run.options.loop.seed);
    run.size = {options.size, options.short_side};
    run.resume = options.resume;
    run.progress = options.quiet ? ShowProgress::never : resolve_progress(options);
    run.quiet = options.quiet;
    return run;
}

int frozen_stages(std::string_view frozen_until, const Architecture& architecture) {
    if (frozen_until.empty()) return 0;
    const std::vector<std::string>& stages = architecture.stages;
    const auto found = std::ranges::find(stages, frozen_until);
    if (found != stages.end()) return static_cast<int>(found - stages.begin()) + 1;
    // The stages of resnetv2_50 are named stages.0 to stages.3; torchvision's names are understood, too.
    for (std::size_t i = 0; architecture.type == "ResNetV2" && i < stages.size(); ++i)
        if (frozen_until == fmt::format("layer{}", i + 1)) return static_cast<int>(i) + 1;
    throw UsageError(fmt::format("--freeze until {}: the stages of {} are {}", frozen_until,
                                 architecture.name, fmt::join(stages, ", ")));
}

}  // namespace imnet::app
