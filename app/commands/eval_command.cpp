#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/interruption.h"
#include "base/output_file.h"
#include "base/standard_streams.h"
#include "classifier.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "commands/progress_report.h"
#include "evaluation/evaluate.h"
#include "evaluation/evaluation_facts.h"
#include "evaluation/evaluation_report.h"
#include "models/model.h"
#include "resolve/resolve_eval.h"

namespace imnet::app {
namespace {

std::string report(EvalOutput format, const Evaluation& evaluation, const ClassNames& class_names,
                   const EvaluationFacts& facts) {
    if (format == EvalOutput::json) return evaluation_json(evaluation, class_names, facts);
    if (format == EvalOutput::csv) return evaluation_csv(evaluation, class_names);
    return evaluation_text(evaluation, class_names, facts);
}

// Handles rows as they come: prints errors, and with --wrong the paths of misclassified pictures.
class RowOutput {
public:
    RowOutput(const EvalRun& run, const EvaluationData& data, OutputFile& out, ProgressReport& progress)
        : wrong_(run.format == EvalOutput::wrong_paths),
          path_end_(run.path_end),
          data_(data),
          out_(out),
          progress_(progress) {}

    void write(std::span<const Row> rows, const Evaluation& so_far) {
        progress_.before_rows();
        for (const Row& row : rows) {
            if (!row.top) {
                say(fmt::format("{}: {}", row.path, row.top.error().message));
            } else if (wrong_ && row.top->front().index != data_.target_of(row.path)) {
                out_.write(row.path);
                out_.write(std::string_view(&path_end_, 1));
            }
        }
        if (wrong_) out_.flush();
        progress_.update(so_far.images() + so_far.failed(), so_far.failed());
    }

private:
    bool wrong_;
    char path_end_;
    const EvaluationData& data_;
    OutputFile& out_;
    ProgressReport& progress_;
};

void evaluate_all(const EvalRun& run, const EvaluationData& data, const Classifier& classifier,
                  OutputFile& out, Evaluation& evaluation) {
    const GracefulStop graceful;
    const bool paths_on_terminal = run.format == EvalOutput::wrong_paths && out.is_terminal();
    ProgressReport progress(run.progress, "imnet eval", paths_on_terminal,
                            [&](const std::stop_token&) { return data.pictures(); });
    RowOutput rows(run, data, out, progress);
    evaluate(
        data.inputs(), [&](std::string_view path) { return data.target_of(path); }, *classifier.engine,
        classifier.options, evaluation, [&](std::span<const Row> some) { rows.write(some, evaluation); });
    // An interrupted evaluation prints no figures, because they would look like those of all pictures.
    if (const int signal = interrupted()) throw Interrupted{signal};
}

}  // namespace

int run_eval(const EvalRun& run) {
    EvaluationData data(run.data);
    const Model model = load_model(run.model);
    say(model.notes, run.quiet);
    check_activation(model);
    if (model.architecture.classes == 1)
        throw UsageError(
            fmt::format("{}: its head has one output, and imnet eval compares classes: it needs two",
                        model.provenance.weights));
    data.map_to(model.class_names);
    if (!run.quiet) {
        for (const std::string& note : data.notes()) say(note);
    }

    OutputFile out(run.output);
    Evaluation evaluation(model.architecture.classes);
    ClassifyOptions options = run.classify;
    options.top = evaluation.predictions_needed();
    const Classifier classifier = open_classifier(model, run.engine, options);
    if (!run.quiet && !classifier.engine->remark().empty()) say(classifier.engine->remark());
    evaluate_all(run, data, classifier, out, evaluation);

    const EvaluationFacts facts = evaluation_facts(data, model, *classifier.engine);
    if (run.format != EvalOutput::wrong_paths) {
        out.write(report(run.format, evaluation, model.class_names, facts));
    }
    out.commit();
    if (run.format != EvalOutput::text && !run.quiet) {
        print_for_people(evaluation_summary(evaluation, facts));
    }
    return evaluation.failed() > 0 || facts.missing > 0 ? 1 : 0;
}

}  // namespace imnet::app
