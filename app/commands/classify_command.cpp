#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include <fmt/format.h>

#include "base/interruption.h"
#include "base/output_file.h"
#include "classifier.h"
#include "classify.h"
#include "commands/commands.h"
#include "commands/progress_report.h"
#include "commands/retry_failed.h"
#include "commands/run_output.h"
#include "commands/sorting.h"
#include "resolve/resolve.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_pictures.h"
#include "resolve/resolve_source.h"
#include "resolve/run_facts.h"
#include "say.h"

namespace imnet::app {
namespace {

std::vector<int> resolve_wanted(const Options& options, const ClassNames& class_names) {
    if (!options.is) return {};
    if (options.format) throw UsageError("--is prints paths; it does not go with --format");
    return resolve_classes("--is", *options.is, class_names);
}

// All that can be told without the net, so that a wrong option is said at once.
ClassifyOptions resolve_classify(const Options& options) {
    ClassifyOptions resolved = resolve_pictures(options);
    resolved.top = number_in_range(options.top, "--top", 1, 1'000'000, 5);
    resolved.fail_fast = options.fail_fast;
    resolved.keep_bytes = options.sort_into.has_value();
    const double min_prob = options.min_prob.value_or(0);
    if (!(min_prob >= 0 && min_prob <= 1)) throw UsageError("--min-prob: it takes a number from 0 to 1");
    resolved.min_probability = static_cast<float>(min_prob);
    return resolved;
}

// Prints paths as grep -l does.
class MatchOutput {
public:
    MatchOutput(const Options& options, std::vector<int> wanted, Sorting& sorting)
        : out_(options.output.value_or("-")), wanted_(std::move(wanted)), sorting_(sorting) {}

    void write(std::span<const Row> rows) {
        for (const Row& row : rows) {
            if (!row.top) say(fmt::format("{}: {}", row.path, row.top.error().message));
            if (!holds_class(row, wanted_)) continue;
            sorting_.sort(row);
            matched_ = true;
            out_.write(row.path + '\n');
        }
        out_.flush();
    }

    int finish() {
        out_.commit();
        sorting_.report();
        return matched_ && !sorting_.any_failed() ? 0 : 1;
    }

private:
    OutputFile out_;
    std::vector<int> wanted_;
    Sorting& sorting_;
    bool matched_ = false;
};

// A run of this many seconds or more deserves a line at its end.
constexpr double long_run = 10;

void report(const Options& options, const RunOutput& output, const InputSource& source, bool summary) {
    if (options.quiet) return;
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

void report_interruption(const Options& options, const OutputPlan& plan, const RunOutput& output) {
    if (options.quiet || !plan.recorded()) return;
    say(plan.resume ? fmt::format("{}: interrupted after {} rows; the same command goes on from there",
                                  plan.path, output.rows())
                    : fmt::format("{}: interrupted, not written; with --resume a run can be gone on with",
                                  plan.path));
}

// Everything that a classify run is made of.
struct Run {
    const Options& options;
    const SourceOptions& sources;
    const Model& model;
    const Engine& engine;
    ClassifyOptions classify;
    OutputPlan plan;

    std::size_t labels_a_row() const {
        return static_cast<std::size_t>(std::min(classify.top, classify.classes));
    }
};

void retry(const Run& run, Sorting& sorting) {
    InputSource source(run.options.arguments, run.sources);
    retry_failed(
        run.plan, run.model.class_names, run.labels_a_row(), [&] { return source.next(); },
        [&](const NextInput& inputs, const OnRows& on_rows) {
            classify(inputs, run.engine, run.classify, [&](std::span<const Row> rows) {
                for (const Row& row : rows) sorting.sort(row);
                on_rows(rows);
            });
        });
}

int classify_to_rows(const Run& run) {
    const Options& options = run.options;
    const GracefulStop graceful;
    std::optional<RecordedRun> recorded;
    if (run.plan.recorded()) {
        recorded.emplace(run.plan.path, run.plan.resume,
                         describe_run(options, run.model, run.engine, run.classify, run.plan.format));
    }
    Sorting sorting(options, run.model.class_names);
    if (run.plan.retry_failed) retry(run, sorting);
    RunOutput output(run.plan, recorded ? &*recorded : nullptr, run.model.class_names, run.labels_a_row());
    ProgressReport progress(options, "imnet", output.is_terminal(),
                            [&](const std::stop_token& stop) { return count_inputs(options, stop); });
    SourceOptions sources = run.sources;
    sources.on_path = [&](std::string_view path) { output.saw(path); };
    InputSource source(options.arguments, std::move(sources));
    bool ended = false;
    std::uint64_t taken = 0;
    const NextInput next_input = [&]() -> std::optional<Input> {
        while (interrupted() == 0) {
            auto input = source.next();
            ended = !input;
            if (!input) return std::nullopt;
            if (output.holds(input->path)) continue;
            ++taken;
            return input;
        }
        return std::nullopt;
    };
    classify(next_input, run.engine, run.classify, [&](std::span<const Row> rows) {
        for (const Row& row : rows) sorting.sort(row);  // first: who has the row may count on the file
        progress.before_rows();
        output.write(rows);
        progress.update(output.rows(), output.failed());
    });
    const bool summary = progress.shown();
    progress.finish();
    const bool complete = ended && output.written() == taken;
    output.finish(complete, interrupted() == 0);
    if (!complete && interrupted() != 0) report_interruption(options, run.plan, output);
    report(options, output, source, summary);
    sorting.report();
    if (const int signal = interrupted()) throw Interrupted{signal};
    return output.failed() > 0 || sorting.any_failed() ? 1 : 0;
}

int classify_to_matches(const Run& run, std::vector<int> wanted) {
    const GracefulStop graceful;
    Sorting sorting(run.options, run.model.class_names);
    MatchOutput output(run.options, std::move(wanted), sorting);
    InputSource source(run.options.arguments, run.sources);
    classify([&] { return source.next(); }, run.engine, run.classify,
             [&](std::span<const Row> rows) { output.write(rows); });
    if (const int signal = interrupted()) throw Interrupted{signal};
    return output.finish();
}

}  // namespace

int run_classify(const Options& options) {
    if (options.arguments.empty() && !options.files_from)
        throw UsageError("nothing to classify: give images, folders or archives, or - for standard input");
    ClassifyOptions resolved = resolve_classify(options);
    check_sorting(options);
    const OutputPlan plan = resolve_output(options);
    const SourceOptions sources = resolve_source(options);
    const EngineOptions engine_options = resolve_engine(options);
    const Model model = load_and_announce(resolve_model(options), options.quiet);
    const std::vector<int> wanted = resolve_wanted(options, model.class_names);
    Classifier classifier = open_classifier(model, engine_options, resolved);
    const Engine* engine = classifier.engine.get();
    if (!options.quiet && !engine->remark().empty()) say(engine->remark());
    // Rows must not depend on where a run was cut, or which part of it this is.
    classifier.options.whole_batches = plan.resume || options.shard;

    const Run run{options, sources, model, *engine, classifier.options, plan};
    return options.is ? classify_to_matches(run, wanted) : classify_to_rows(run);
}

}  // namespace imnet::app
