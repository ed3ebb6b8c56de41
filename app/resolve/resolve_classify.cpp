#include "resolve/resolve_classify.h"

#include "base/errors.h"
#include "resolve/numbers.h"
#include "resolve/resolve_engine.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_output.h"
#include "resolve/resolve_pictures.h"
#include "resolve/resolve_preprocessing.h"
#include "resolve/resolve_record.h"
#include "resolve/resolve_source.h"

namespace imnet::app {
namespace {

ClassifyOptions resolve_rows(const Options& options) {
    ClassifyOptions resolved = resolve_pictures(options);
    resolved.top = number_in_range(options.top, "--top", 1, 1'000'000, 5);
    resolved.fail_fast = options.fail_fast;
    resolved.keep_bytes = options.sort_into.has_value();
    const double min_prob = options.min_prob.value_or(0);
    if (!(min_prob >= 0 && min_prob <= 1)) throw UsageError("--min-prob: it takes a number from 0 to 1");
    resolved.min_probability = static_cast<float>(min_prob);
    // Rows must not depend on where a run was interrupted or how it was divided into shards.
    resolved.fixed_batch = options.resume || options.shard;
    return resolved;
}

}  // namespace

ClassifyRun resolve_classify(const Options& options) {
    if (options.arguments.empty() && !options.files_from)
        throw UsageError("nothing to classify: give images, folders or archives, or - for standard input");
    ClassifyRun run;
    run.paths = options.arguments;
    run.classify = resolve_rows(options);
    run.any_probability = !options.min_prob;
    run.sorting = resolve_sorting(options);
    run.output = resolve_output(options);
    run.sources = resolve_source(options);
    run.engine = resolve_engine(options);
    run.model = resolve_model(options);
    run.model.stated = resolve_preprocessing(options);
    run.model.activation = resolve_activation(options);
    if (options.is && options.format) throw UsageError("--is prints paths; it does not go with --format");
    run.wanted_class = options.is;
    run.record = resolve_record(options);
    run.record.threads = run.engine.threads;
    run.progress = resolve_progress(options);
    run.quiet = options.quiet;
    return run;
}

}  // namespace imnet::app
