#include "resolve/resolve_eval.h"

#include "base/errors.h"
#include "resolve/resolve_engine.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_pictures.h"
#include "resolve/resolve_preprocessing.h"

namespace imnet::app {
namespace {

void check_options(const Options& options) {
    if (options.arguments.size() != 1)
        throw UsageError("eval takes one folder (or archive) of labelled pictures");
    if (options.arguments.front() == "-")
        throw UsageError("eval takes a folder: standard input has no labels");
    if (options.wrong && options.format)
        throw UsageError("--wrong prints paths; it does not go with --format");
    if (options.null_separated && !options.wrong) throw UsageError("--null only goes with --wrong");
}

Numbers resolve_numbers(const Options& options) {
    if (options.numbers == "index") return Numbers::index;
    if (options.numbers == "ilsvrc2012-id") return Numbers::ilsvrc2012_id;
    return options.labels_csv ? Numbers::unstated : Numbers::maybe_index;
}

EvalOutput resolve_format(const Options& options) {
    if (options.wrong) return EvalOutput::wrong_paths;
    if (options.format == "json") return EvalOutput::json;
    return options.format == "csv" ? EvalOutput::csv : EvalOutput::text;
}

}  // namespace

EvalRun resolve_eval(const Options& options) {
    check_options(options);
    EvalRun run;
    run.classify = resolve_pictures(options);
    run.engine = resolve_engine(options);
    run.model = resolve_model(options);
    run.model.stated = resolve_preprocessing(options);
    run.model.activation = resolve_activation(options);
    run.data = {.folder = options.arguments.front(),
                .target_list = options.labels_csv,
                .numbers = resolve_numbers(options),
                .skip_unknown = options.skip_unknown,
                .follow = options.follow,
                .all_names = options.all};
    run.format = resolve_format(options);
    if (options.null_separated) run.path_end = '\0';
    run.output = options.output.value_or("-");
    run.progress = resolve_progress(options);
    run.quiet = options.quiet;
    return run;
}

}  // namespace imnet::app
