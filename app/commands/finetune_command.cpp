#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/output_file.h"
#include "base/progress_bar.h"
#include "commands/commands.h"
#include "commands/progress_report.h"
#include "resolve/resolve.h"
#include "resolve/resolve_finetune.h"
#include "resolve/resolve_model.h"
#include "say.h"
#include "training/finetune.h"

namespace imnet::app {
namespace {

Model random_start(const Options& options, ClassNames class_names, std::uint64_t seed) {
    if (options.weights) throw UsageError("--weights and --scratch contradict each other");
    Model model = load_model({.source = RandomSource{seed, static_cast<int>(class_names.size())},
                              .architecture = options.model.value_or("")});
    model.class_names = std::move(class_names);
    return model;
}

Model start_from_weights(const Options& options, ClassNames class_names, std::uint64_t seed) {
    Model parent = load_and_announce(resolve_trained_model(options), options.quiet);
    if (parent.class_names == class_names && !options.quiet)
        say(fmt::format("{}: it has these {} classes already: its head is kept", parent.provenance.weights,
                        class_names.size()));
    return with_class_names(std::move(parent), std::move(class_names), seed);
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
    Report(const Options& options, const LoopOptions& loop, std::uint64_t pictures)
        : when_(options.quiet ? "never" : options.progress.value_or("auto")),
          loop_(loop),
          pictures_(pictures) {}

    void step(const TrainingProgress& progress) {
        if (when_ == "never") return;
        if (!bar_) {
            bar_ = std::make_unique<ProgressBar>(
                stderr, fmt::format("epoch {}/{}", progress.epoch + 1, loop_.epochs),
                ProgressStyle{images_unit, std::chrono::milliseconds(500), when_ == "always"});
        }
        const auto done =
            static_cast<std::uint64_t>(progress.batch) * static_cast<std::uint64_t>(loop_.batch);
        bar_->update(std::min(pictures_, done), pictures_);
    }

    void epoch(const EpochResult& result) {
        bar_.reset();
        if (!headed_) {
            table_.write("epoch          lr  train loss    val loss   top-1 %   top-5 %   seconds\n");
            headed_ = true;
        }
        table_.write(fmt::format("{:>5}{:>12.3g}{:>12.4f}{:>12.4f}{:>10.2f}{:>10.2f}{:>10.1f}\n",
                                 result.epoch, result.learning_rate, result.train_loss,
                                 result.validation_loss, 100 * result.validation_top1,
                                 100 * result.validation_top5, result.seconds));
        table_.flush();
    }

private:
    std::string when_;
    LoopOptions loop_;
    std::uint64_t pictures_;
    std::unique_ptr<ProgressBar> bar_;  ///< of the epoch under way
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
    ClassNames class_names = class_names_of_folders(folders.classes);
    const Model model = options.scratch ? random_start(options, std::move(class_names), seed)
                                        : start_from_weights(options, std::move(class_names), seed);
    resolved.preprocessing = resolve_preprocessing(options, model.preprocessing);
    resolved.augmentation = resolve_augmentation(options, resolved.preprocessing);
    resolved.engine.height = resolved.engine.width = resolved.preprocessing.image_size;
    resolved.engine.batch = 8;

    Report report(options, resolved.loop, pictures.train.size());
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
    const auto curve = finetune(model, pictures, resolved, options.resume, events);
    if (curve.empty()) {
        say(fmt::format("{}: this training is finished", resolved.output));
        return 0;
    }
    if (!options.quiet) {
        const EpochResult& best = best_epoch(curve);
        say(fmt::format("{}: {} with {} classes, epoch {}: {:.2f} % right of {} validation pictures",
                        resolved.output, model.architecture.name, model.class_names.size(), best.epoch,
                        100 * best.validation_top1, pictures.validation.size()));
        if (bad > 0) say(fmt::format("{} pictures could not be read and were left out", bad));
    }
    return bad > 0 ? 1 : 0;
}

}  // namespace imnet::app
