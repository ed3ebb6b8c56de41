#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/interruption.h"
#include "classifier.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "commands/match_output.h"
#include "commands/progress_report.h"
#include "commands/sorting.h"
#include "inputs/count_inputs.h"
#include "models/model.h"
#include "resolve/resolve_class.h"
#include "resolve/resolve_classify.h"
#include "runs/describe_run.h"
#include "runs/recorded_run.h"
#include "runs/retry_failed.h"
#include "runs/run_output.h"

namespace imnet::app {
namespace {

// A run of at least this many seconds prints a summary at its end.
constexpr double long_run = 10;

void report(const RunOutput& output, const InputSource& source, bool summary) {
    for (const std::string& archive : source.empty_archives()) {
        say(fmt::format("{}: no images in this archive (--all also tries files without an image's name)",
                        archive));
    }
    for (const std::string& folder : source.empty_folders()) {
        say(fmt::format("{}: no images in this folder (--all also tries files without an image's name)",
                        folder));
    }
    if (output.failed() > 0) say(fmt::format("{} of {} inputs failed", output.failed(), output.rows()));
    if (!summary && output.seconds() < long_run) return;
    const double seconds = std::max(output.seconds(), 0.001);
    say(fmt::format("{} rows, {} failed; {} images in {:.1f} s: {:.1f} images/s", output.rows(),
                    output.failed(), output.written(), seconds,
                    static_cast<double>(output.written()) / seconds));
}

void report_interruption(const OutputPlan& plan, const RunOutput& output) {
    if (!plan.recorded()) return;
    say(plan.resume
            ? fmt::format("{}: interrupted after {} rows; the same command continues from there", plan.path,
                          output.rows())
            : fmt::format("{}: interrupted, not written; with --resume a run can be continued", plan.path));
}

std::size_t predictions_a_row(const ClassifyOptions& options) {
    return static_cast<std::size_t>(std::min(options.top, options.classes));
}

RunRecord describe(const ClassifyRun& run, const Model& model, const Classifier& classifier) {
    const ClassifyOptions& options = classifier.options;
    return describe_run(run.record, model, *classifier.engine,
                        {.format = run.output.format,
                         .top = options.top,
                         .min_probability = options.min_probability,
                         .max_pixels = options.limits.max_pixels,
                         .damage = options.limits.damage,
                         .draft = options.draft,
                         .batch = options.batch});
}

void retry(const ClassifyRun& run, const ClassNames& class_names, const Classifier& classifier,
           Sorting& sorting) {
    InputSource source(run.paths, run.sources);
    retry_failed(
        run.output, class_names, predictions_a_row(classifier.options), [&] { return source.next(); },
        [&](const NextInput& inputs, const OnRows& on_rows) {
            classify(inputs, *classifier.engine, classifier.options, [&](std::span<const Row> rows) {
                for (const Row& row : rows) sorting.sort(row);
                on_rows(rows);
            });
        });
}

// The inputs that have no row yet. Ends early if a signal asks the program to stop.
class RemainingInputs {
public:
    RemainingInputs(InputSource& source, RunOutput& output) : source_(source), output_(output) {}

    std::optional<Input> next(Wait wait) {
        while (interrupted() == 0) {
            auto input = source_.next(wait);
            ended_ = !input && wait == Wait::yes;
            if (!input) return std::nullopt;
            if (output_.holds(input->path)) continue;
            ++taken_;
            return input;
        }
        return std::nullopt;
    }

    InputStream stream() {
        return {[this](Wait wait) { return next(wait); }, source_.may_wait()};
    }

    /// Whether every input has a row.
    bool all_written() const { return ended_ && output_.written() == taken_; }

private:
    InputSource& source_;
    RunOutput& output_;
    bool ended_ = false;
    std::uint64_t taken_ = 0;
};

int classify_to_rows(const ClassifyRun& run, const Model& model, const Classifier& classifier) {
    const GracefulStop graceful;
    std::optional<RecordedRun> recorded;
    if (run.output.recorded()) {
        recorded.emplace(run.output.path, run.output.resume, describe(run, model, classifier));
    }
    Sorting sorting(run.sorting, model.class_names);
    if (run.output.retry_failed) retry(run, model.class_names, classifier, sorting);
    RunOutput output(run.output, recorded ? &*recorded : nullptr, model.class_names,
                     predictions_a_row(classifier.options));
    ProgressReport progress(run.progress, "imnet", output.is_terminal(), [&](const std::stop_token& stop) {
        return count_inputs(run.paths, run.sources, stop);
    });
    SourceOptions sources = run.sources;
    sources.on_path = [&](std::string_view path) { output.saw(path); };
    InputSource source(run.paths, std::move(sources));
    RemainingInputs inputs(source, output);
    classify(inputs.stream(), *classifier.engine, classifier.options, [&](std::span<const Row> rows) {
        // Sorted before its row is written, so that a reader of the row finds the file in its place.
        for (const Row& row : rows) sorting.sort(row);
        progress.before_rows();
        output.write(rows);
        progress.update(output.rows(), output.failed());
    });
    const bool summary = progress.shown();
    progress.finish();
    const bool complete = inputs.all_written();
    output.finish(complete, interrupted() == 0);
    if (!run.quiet) {
        if (!complete && interrupted() != 0) report_interruption(run.output, output);
        report(output, source, summary);
        sorting.report();
    }
    if (const int signal = interrupted()) throw Interrupted{signal};
    const bool nothing_found =
        output.rows() == 0 && !(source.empty_folders().empty() && source.empty_archives().empty());
    return output.failed() > 0 || sorting.any_failed() || nothing_found ? 1 : 0;
}

int classify_to_matches(const ClassifyRun& run, const ClassNames& class_names, std::vector<int> wanted,
                        const Classifier& classifier) {
    const GracefulStop graceful;
    Sorting sorting(run.sorting, class_names);
    MatchOutput output(run.output.path, std::move(wanted), sorting);
    InputSource source(run.paths, run.sources);
    classify({[&](Wait wait) { return source.next(wait); }, source.may_wait()}, *classifier.engine,
             classifier.options, [&](std::span<const Row> rows) { output.write(rows); });
    if (const int signal = interrupted()) throw Interrupted{signal};
    return output.finish(run.quiet);
}

// The only class of a head with one output is there or not, so that it is left out below one half.
ClassifyOptions classify_options(const ClassifyRun& run, const Model& model) {
    ClassifyOptions options = run.classify;
    if (run.any_probability && model.architecture.classes == 1) options.min_probability = 0.5F;
    return options;
}

}  // namespace

int run_classify(const ClassifyRun& run) {
    const Model model = load_model(run.model);
    say(model.notes, run.quiet);
    std::vector<int> wanted;
    if (run.wanted_class) wanted = resolve_classes("--is", *run.wanted_class, model.class_names);
    const Classifier classifier = open_classifier(model, run.engine, classify_options(run, model));
    if (!run.quiet && !classifier.engine->remark().empty()) say(classifier.engine->remark());
    return run.wanted_class ? classify_to_matches(run, model.class_names, std::move(wanted), classifier)
                            : classify_to_rows(run, model, classifier);
}

}  // namespace imnet::app
