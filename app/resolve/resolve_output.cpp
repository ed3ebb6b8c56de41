#include "resolve/resolve_output.h"

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet::app {

OutputPlan resolve_output(const Options& options) {
    OutputPlan plan{options.output.value_or("-"), *format_named(options.format.value_or("text")),
                    options.resume, options.retry_failed};
    if (plan.retry_failed && !plan.resume) throw UsageError("--retry-failed only goes with --resume");
    if (!plan.resume) return plan;
    if (options.is) throw UsageError("--resume does not go with --is");
    if (plan.retry_failed && options.files_from && !is_file_to_write(*options.files_from))
        throw UsageError(
            "--retry-failed reads the list of --files-from twice, which standard input and pipes "
            "do not allow: use a file");
    if (!options.output) throw UsageError("--resume needs the file to continue: -o FILE");
    if (!plan.recorded()) throw UsageError(fmt::format("--resume: {} is not a regular file", plan.path));
    if (plan.format == Format::text || plan.format == Format::json)
        throw UsageError("--resume goes with --format jsonl, csv or tsv");
    return plan;
}

}  // namespace imnet::app
