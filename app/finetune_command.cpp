#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/output_file.h"
#include "base/progress_bar.h"
#include "commands.h"
#include "finetune.h"
#include "resolve.h"
#include "run_facts.h"
#include "training/learning_curve.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback) {
    if (!typed) return fallback;
    if (!(*typed >= smallest && *typed <= largest)) {
        throw UsageError(
            fmt::format("{} {}: it takes a number from {} to {}", option, *typed, smallest, largest));
    }
    return *typed;
}

Freeze resolve_freeze(const Options& options) {
    const std::string typed = options.freeze.value_or("none");
    if (typed == "none") return {};
    if (typed == "backbone") return {.backbone = true};
    constexpr std::string_view until = "until layer";
    std::string words = typed;
    std::replace(words.begin(), words.end(), '-', ' ');
    if (words.size() == until.size() + 1 && words.starts_with(until) && words.back() >= '1' &&
        words.back() <= '4')
        return {.stages = words.back() - '0'};
    throw UsageError(
        fmt::format("--freeze {}: it takes none, backbone, or 'until layerK' with K from 1 to 4", typed));
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

// The recipe for another size keeps the proportion of crop and short side, unless that is given.
Preprocessing resolve_preprocessing(const Options& options, Preprocessing own) {
    const int size = number_in_range(options.size, "--size", 32, 1024, own.crop);
    const int proportional = static_cast<int>(static_cast<double>(own.resize) * size / own.crop + 0.5);
    own.resize = number_in_range(options.short_side, "--short-side", size, 4096, proportional);
    own.crop = size;
    return own;
}

Augmentation resolve_augmentation(const Options& options, const Preprocessing& recipe) {
    Augmentation resolved;
    resolved.size = recipe.crop;
    resolved.interpolation = recipe.interpolation;
    resolved.mean = recipe.mean;
    resolved.std = recipe.std;
    resolved.scale[0] = real_in_range(options.crop_scale, "--crop-scale", 0.01, 1, 0.08);
    if (options.no_flip) resolved.flip = 0;
    const double jitter = real_in_range(options.color_jitter, "--color-jitter", 0, 1, 0);
    resolved.brightness = resolved.contrast = resolved.saturation = jitter;
    return resolved;
}

// A frozen backbone sees each picture once, as it is.
void refuse_augmentation(const Options& options) {
    const std::pair<bool, const char*> typed[] = {{options.crop_scale.has_value(), "--crop-scale"},
                                                  {options.no_flip, "--no-flip"},
                                                  {options.color_jitter.has_value(), "--color-jitter"},
                                                  {options.mixup.has_value(), "--mixup"},
                                                  {options.cutmix.has_value(), "--cutmix"}};
    for (const auto& [is_typed, name] : typed) {
        if (!is_typed) continue;
        throw UsageError(
            fmt::format("{}: with --freeze backbone the features of a picture are computed once, so pictures "
                        "are not changed",
                        name));
    }
}

FinetuneOptions resolve_finetune(const Options& options) {
    FinetuneOptions resolved;
    if (!options.output || *options.output == "-")
        throw UsageError("'imnet finetune' needs -o FILE, the model to write");
    resolved.output = *options.output;
    resolved.version = IMNET_VERSION;
    resolved.freeze = resolve_freeze(options);
    if (resolved.freeze.backbone) refuse_augmentation(options);
    if (resolved.freeze.backbone && options.scratch) {
        throw UsageError(
            "--scratch and --freeze backbone contradict each other: random features say nothing");
    }
    LoopOptions& loop = resolved.loop;
    loop.epochs = number_in_range(options.epochs, "--epochs", 1, 100'000, 10);
    loop.batch = number_in_range(options.batch, "--batch", 2, 65'536, 32);
    loop.seed = static_cast<std::uint64_t>(
        number_in_range(options.seed, "--seed", 0, std::numeric_limits<int>::max(), 0));
    loop.learning_rate = resolve_learning_rate(options, loop.epochs);
    loop.mixing.mixup_alpha = real_in_range(options.mixup, "--mixup", 0, 100, 0);
    loop.mixing.cutmix_alpha = real_in_range(options.cutmix, "--cutmix", 0, 100, 0);
    resolved.engine = resolve_engine(options);
    resolved.trainer.device = resolved.engine.device;
    resolved.trainer.precision = resolved.engine.precision;
    resolved.trainer.threads = loop.threads = resolved.engine.threads;
    resolved.trainer.optimizer = resolve_optimizer(options);
    resolved.trainer.label_smoothing = real_in_range(options.label_smoothing, "--label-smoothing", 0, 1, 0);
    resolved.balanced_classes = options.class_weights == "balanced";
    return resolved;
}

// Folders whose names are all wnids of ImageNet get its names.
Labels labels_of(const std::vector<std::string>& classes) {
    std::map<std::string_view, std::string_view> names;
    static const Labels imagenet = imagenet_labels();
    for (const Label& label : imagenet) names.emplace(label.wnid, label.name);
    const bool wnids = std::all_of(classes.begin(), classes.end(),
                                   [&](const std::string& name) { return names.contains(name); });
    Labels labels;
    for (const std::string& name : classes) {
        labels.push_back(wnids ? Label{std::string(names.at(name)), name} : Label{name, ""});
    }
    return labels;
}

bool same_classes(const Labels& a, const Labels& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Label& x, const Label& y) { return x.name == y.name && x.wnid == y.wnid; });
}

struct Start {
    FinetuneNet net;
    Preprocessing preprocessing;
};

Start random_start(const Options& options, Labels labels, std::uint64_t seed) {
    if (options.weights) throw UsageError("--weights and --scratch contradict each other");
    const std::string name = options.model.value_or("resnet50");
    Architecture net = architecture(name, static_cast<int>(labels.size()));
    Parameters parameters = random_parameters(net, seed);
    const PublishedWeights* published = default_weights(name);
    return {
        {std::move(net), std::move(parameters), std::move(labels), fmt::format("random, seed {}", seed), ""},
        published != nullptr ? published->preprocessing : Preprocessing{}};
}

Start start_from_weights(const Options& options, Labels labels, std::uint64_t seed) {
    Options of_net = options;
    of_net.seed.reset();
    Net parent = resolve_net(of_net);
    std::string hash = weights_sha256(parent);
    const fs::path path(parent.weights);  // a folder's may end in a slash
    const std::string weights = (path.has_filename() ? path : path.parent_path()).filename().native();
    if (same_classes(parent.labels, labels)) {
        if (!options.quiet)
            say(fmt::format("{}: it has these {} classes already: its head is kept", parent.weights,
                            labels.size()));
        return {{std::move(parent.architecture), std::move(parent.parameters), std::move(labels), weights,
                 std::move(hash)},
                parent.preprocessing};
    }
    Architecture net = architecture(parent.architecture.name, static_cast<int>(labels.size()));
    Parameters parameters = with_new_head(net, parent.parameters, seed);
    return {{std::move(net), std::move(parameters), std::move(labels), weights, std::move(hash)},
            parent.preprocessing};
}

Split resolve_pictures(const Options& options, const ClassFolders& folders, std::uint64_t seed) {
    const auto tell = [&](const ClassFolders& read) {
        for (const std::string& note : read.notes) {
            if (!options.quiet) say(note);
        }
    };
    tell(folders);
    if (options.val) {
        if (options.val_fraction) throw UsageError("--val and --val-fraction contradict each other");
        const ClassFolders validation = read_validation_folders(*options.val, folders.classes);
        tell(validation);
        return {folders.images, validation.images};
    }
    const double fraction = real_in_range(options.val_fraction, "--val-fraction", 0.001, 0.999, 0.2);
    return split_stratified(folders.images, static_cast<int>(folders.classes.size()), fraction, seed);
}

// Shows how far the training is: rows on standard output, a bar on standard error.
class Report {
public:
    Report(const Options& options, const FinetuneOptions& resolved, std::uint64_t pictures)
        : output_(resolved.output),
          pictures_(pictures),
          epochs_(resolved.loop.epochs),
          batch_(resolved.loop.batch) {
        const std::string when = options.progress.value_or("auto");
        if (when == "never" || options.quiet) return;
        bar_ = std::make_unique<ProgressBar>(
            stderr, "",
            ProgressStyle{ProgressUnit::images, std::chrono::milliseconds(500), when == "always"});
    }

    void step(const TrainingProgress& progress) {
        if (bar_)
            bar_->update(std::min(pictures_, static_cast<std::uint64_t>(progress.batch) * batch_), pictures_);
    }

    void epoch(const EpochResult& point) {
        if (bar_) bar_->wipe();
        if (!headed_) {
            table_.write("epoch          lr  train loss    val loss   top-1 %   top-5 %   seconds\n");
            headed_ = true;
        }
        table_.write(fmt::format("{:>5}{:>12.3g}{:>12.4f}{:>12.4f}{:>10.2f}{:>10.2f}{:>10.1f}\n", point.epoch,
                                 point.learning_rate, point.train_loss, point.validation_loss,
                                 100 * point.validation_top1, 100 * point.validation_top5, point.seconds));
        table_.flush();
    }

private:
    std::string output_;
    std::uint64_t pictures_;
    int epochs_;
    int batch_;
    std::unique_ptr<ProgressBar> bar_;
    OutputFile table_{"-"};
    bool headed_ = false;
};

}  // namespace

int run_finetune(const Options& options) {
    if (options.arguments.size() != 1)
        throw UsageError("'imnet finetune' takes one folder, with a folder of pictures for each class");
    FinetuneOptions resolved = resolve_finetune(options);
    const std::uint64_t seed = resolved.loop.seed;
    const ClassFolders folders = read_class_folders(options.arguments.front());
    const Split pictures = resolve_pictures(options, folders, seed);
    Labels labels = labels_of(folders.classes);
    const Start start = options.scratch ? random_start(options, std::move(labels), seed)
                                        : start_from_weights(options, std::move(labels), seed);
    resolved.preprocessing = resolve_preprocessing(options, start.preprocessing);
    resolved.augmentation = resolve_augmentation(options, resolved.preprocessing);
    resolved.engine.height = resolved.engine.width = resolved.preprocessing.crop;
    resolved.engine.batch = 8;

    Report report(options, resolved, pictures.train.size());
    std::uint64_t bad = 0;
    FinetuneEvents events;
    events.loop.on_step = [&](const TrainingProgress& progress) { report.step(progress); };
    events.loop.on_epoch = [&](std::span<const EpochResult> curve) { report.epoch(curve.back()); };
    events.on_bad_picture = [&](const BadPicture& picture) {
        ++bad;
        say(fmt::format("{}: left out: {}", picture.path, picture.error.message));
    };
    events.on_remark = [&](const std::string& remark) {
        if (!options.quiet) say(remark);
    };
    const auto curve = finetune(start.net, pictures, resolved, options.resume, events);
    if (curve.empty()) {
        say(fmt::format("{}: this training is finished", resolved.output));
        return 0;
    }
    if (!options.quiet) {
        const EpochResult& best = best_epoch(curve);
        say(fmt::format("{}: {} with {} classes, epoch {}: {:.2f} % right of {} pictures that were held back",
                        resolved.output, start.net.architecture.name, start.net.labels.size(), best.epoch,
                        100 * best.validation_top1, pictures.validation.size()));
        if (bad > 0) say(fmt::format("{} pictures could not be read and were left out", bad));
    }
    return bad > 0 ? 1 : 0;
}

}  // namespace imnet::app
