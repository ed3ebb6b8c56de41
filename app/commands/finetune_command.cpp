#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <unistd.h>

#include "base/progress_bar.h"
#include "base/standard_streams.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "commands/progress_report.h"
#include "datasets/class_folders.h"
#include "models/model.h"
#include "resolve/resolve_finetune.h"
#include "training/finetune.h"

namespace imnet::app {
namespace {

// The model that training starts from, with a head for these classes.
Model load_start(const FinetuneRun& run, ClassNames class_names) {
    ModelRequest request = run.model;
    if (auto* random = std::get_if<RandomSource>(&request.source)) {
        random->classes = static_cast<int>(class_names.size());
        Model model = load_model(request);
        if (!run.quiet)
            say(fmt::format("{} from random weights (seed {})", model.architecture.name, random->seed));
        model.class_names = std::move(class_names);
        return model;
    }
    Model parent = load_model(request);
    say(parent.notes, run.quiet);
    if (parent.class_names == class_names && !run.quiet)
        say(fmt::format("{}: the model has these {} classes already: its head is kept",
                        parent.provenance.weights, class_names.size()));
    return with_class_names(std::move(parent), std::move(class_names), run.options.loop.seed);
}

Split read_pictures(const FinetuneRun& run, const ClassFolders& folders) {
    const auto say_notes = [&](const ClassFolders& read) {
        if (run.quiet) return;
        for (const std::string& note : read.notes) say(note);
    };
    say_notes(folders);
    if (!run.validation_folder) {
        return split_stratified(folders.images, static_cast<int>(folders.classes.size()), run.held_back,
                                run.options.loop.seed);
    }
    const ClassFolders validation = read_validation_folders(*run.validation_folder, folders.classes);
    say_notes(validation);
    return {folders.images, validation.images};
}

// Shows the progress of the training: a row for each epoch on standard output, a bar on standard error. Both
// are for people: a training of hours does not end where a reader has closed the pipe. FILE.csv has the same
// rows.
class Report {
public:
    Report(ShowProgress when, const LoopOptions& loop, std::uint64_t pictures)
        : when_(when), loop_(loop), pictures_(pictures) {}

    void step(const TrainingProgress& progress) {
        if (when_ == ShowProgress::never) return;
        if (!bar_) {
            bar_ = std::make_unique<ProgressBar>(
                STDERR_FILENO, fmt::format("epoch {}/{}", progress.epoch + 1, loop_.epochs),
                ProgressStyle{images_unit, std::chrono::milliseconds(500), when_ == ShowProgress::always});
        }
        const auto done =
            static_cast<std::uint64_t>(progress.batch) * static_cast<std::uint64_t>(loop_.batch);
        bar_->update(std::min(pictures_, done), pictures_);
    }

    void epoch(const EpochResult& result) {
        bar_.reset();
        if (!headed_) {
            print_for_people("epoch          lr  train loss    val loss   top-1 %   top-5 %   seconds\n",
                             STDOUT_FILENO);
            headed_ = true;
        }
        print_for_people(
            fmt::format("{:>5}{:>12.3g}{:>12.4f}{:>12.4f}{:>10.2f}{:>10.2f}{:>10.1f}\n", result.epoch,
                        result.learning_rate, result.train_loss, result.validation_loss,
                        100 * result.validation_top1, 100 * result.validation_top5, result.seconds),
            STDOUT_FILENO);
    }

private:
    ShowProgress when_;
    LoopOptions loop_;
    std::uint64_t pictures_;
    std::unique_ptr<ProgressBar> bar_;  ///< of the current epoch
    bool headed_ = false;
};

}  // namespace

int run_finetune(const FinetuneRun& run) {
    const ClassFolders folders = read_class_folders(run.folder);
    const Split pictures = read_pictures(run, folders);
    const Model model = load_start(run, class_names_of_folders(folders.classes));
    FinetuneOptions options = run.options;
    options.preprocessing = at_size(run.size, model.preprocessing);
    options.freeze.stages = frozen_stages(run.frozen_until, model.architecture);

    Report report(run.progress, options.loop, pictures.train.size());
    std::uint64_t bad = 0;
    FinetuneEvents events;
    events.loop.on_step = [&](const TrainingProgress& progress) { report.step(progress); };
    events.loop.on_epoch = [&](std::span<const EpochResult> curve) { report.epoch(curve.back()); };
    events.on_bad_picture = [&](const BadPicture& picture) {
        ++bad;
        say(fmt::format("{}: left out: {}", picture.path, picture.error.message));
    };
    events.on_remark = [&](const std::string& remark) {
        if (!run.quiet) say(remark);
    };
    const auto curve = finetune(model, pictures, options, run.resume, events);
    if (curve.empty()) {
        say(fmt::format("{}: this training is finished", options.output));
        return 0;
    }
    if (!run.quiet) {
        const EpochResult& best = best_epoch(curve);
        say(fmt::format("{}: {} with {} classes, epoch {}: {:.2f} % right of {} validation pictures",
                        options.output, model.architecture.name, model.class_names.size(), best.epoch,
                        100 * best.validation_top1, pictures.validation.size()));
        if (bad > 0) say(fmt::format("{} pictures could not be read and were left out", bad));
    }
    return bad > 0 ? 1 : 0;
}

}  // namespace imnet::app
