#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/interruption.h"
#include "base/output_file.h"
#include "classifier.h"
#include "commands/commands.h"
#include "commands/progress_report.h"
#include "evaluation/evaluate.h"
#include "evaluation/evaluation_report.h"
#include "resolve/eval_data.h"
#include "resolve/resolve.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_pictures.h"
#include "say.h"

namespace imnet::app {
namespace {

void check_options(const Options& options) {
    if (options.arguments.size() != 1)
        throw UsageError("eval takes one folder (or archive) of labelled pictures");
    if (options.arguments.front() == "-")
        throw UsageError("eval takes a folder; standard input has no labels");
    if (options.wrong && options.format)
        throw UsageError("--wrong prints paths; it does not go with --format");
    if (options.null_separated && !options.wrong)
        throw UsageError("--null says how the paths of --wrong end; it goes with --wrong");
}

EvaluationFacts describe(const Options& options, const EvalData& data, const Model& model,
                         const Engine& engine) {
    return {.data = options.arguments.front(),
            .model = model.architecture.name,
            .weights = model.provenance.weights,
            .engine = engine.library(),
            .device = engine.device(),
            .precision = std::string(name(engine.precision())),
            .recipe = fmt::format("resize {}, crop {}, {}", model.preprocessing.short_side,
                                  model.preprocessing.image_size, name(model.preprocessing.interpolation)),
            .mapping = data.mapping().summary(),
            .unlabelled = data.survey().unlabelled.count,
            .unknown = data.unknown(),
            .missing = data.survey().missing.count};
}

std::string report(const Options& options, const Evaluation& evaluation, const Model& model,
                   const EvaluationFacts& facts) {
    if (options.format == "json") return evaluation_json(evaluation, model.class_names, facts);
    if (options.format == "csv") return evaluation_csv(evaluation, model.class_names);
    return evaluation_text(evaluation, model.class_names, facts);
}

// The rows as they come: failures are named, and with --wrong the paths of what is misclassified.
class RowOutput {
public:
    RowOutput(const Options& options, const EvalData& data, OutputFile& out, ProgressReport& progress)
        : options_(options), data_(data), out_(out), progress_(progress) {}

    void write(std::span<const Row> rows, const Evaluation& so_far) {
        progress_.before_rows();
        for (const Row& row : rows) {
            if (!row.top) {
                say(fmt::format("{}: {}", row.path, row.top.error().message));
            } else if (options_.wrong && row.top->front().index != data_.truth_of(row.path)) {
                out_.write(row.path);
                out_.write(options_.null_separated ? std::string_view("\0", 1) : "\n");
            }
        }
        if (options_.wrong) out_.flush();
        progress_.update(so_far.images() + so_far.failed(), so_far.failed());
    }

private:
    const Options& options_;
    const EvalData& data_;
    OutputFile& out_;
    ProgressReport& progress_;
};

}  // namespace

int run_eval(const Options& options) {
    check_options(options);
    ClassifyOptions classify = resolve_pictures(options);
    const EngineOptions engine_options = resolve_engine(options);
    EvalData data(options);
    const Model model = load_and_announce(resolve_model(options), options.quiet);
    data.map_to(model.class_names);
    if (!options.quiet) data.say_what_is_left_out();

    OutputFile out(options.output.value_or("-"));
    Evaluation evaluation(model.architecture.classes);
    classify.top = evaluation.labels_needed();
    const Classifier classifier = open_classifier(model, engine_options, classify);
    const Engine* engine = classifier.engine.get();
    if (!options.quiet && !engine->remark().empty()) say(engine->remark());
    {
        const GracefulStop graceful;
        ProgressReport progress(
            options, "imnet eval", options.wrong && out.is_terminal(),
            [&](const std::stop_token&) { return data.survey().labelled - data.unknown(); });
        RowOutput rows(options, data, out, progress);
        evaluate(
            data.inputs(), [&](std::string_view path) { return data.truth_of(path); }, *engine,
            classifier.options, evaluation, [&](std::span<const Row> some) { rows.write(some, evaluation); });
        // A part of the figures is worth nothing, and looks like the whole.
        if (const int signal = interrupted()) throw Interrupted{signal};
    }
    const EvaluationFacts facts = describe(options, data, model, *engine);
    if (!options.wrong) out.write(report(options, evaluation, model, facts));
    out.commit();
    const bool summary_is_shown = !options.wrong && options.format.value_or("text") == "text";
    if (!summary_is_shown && !options.quiet) fmt::print(stderr, "{}", evaluation_summary(evaluation, facts));
    return evaluation.failed() > 0 || facts.missing > 0 ? 1 : 0;
}

}  // namespace imnet::app
