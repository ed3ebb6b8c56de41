#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "base/nearest_names.h"
#include "base/output_file.h"
#include "classify.h"
#include "commands.h"
#include "images/jpeg.h"
#include "resolve.h"
#include "results/row_writer.h"
#include "sorting.h"

namespace imnet::app {
namespace {

Format resolve_format(const Options& options) {
    const std::string text = options.format.value_or("text");
    if (text == "json") return Format::json;
    if (text == "jsonl") return Format::jsonl;
    if (text == "csv") return Format::csv;
    if (text == "tsv") return Format::tsv;
    return Format::text;
}

std::vector<int> resolve_wanted(const Options& options, const Labels& labels) {
    if (!options.is) return {};
    if (options.format) throw UsageError("--is prints paths; it does not go with --format");
    std::vector<int> wanted = find_labels(labels, *options.is);
    if (!wanted.empty()) return wanted;
    std::vector<std::string_view> names;
    for (const Label& label : labels) names.push_back(label.name);
    const auto nearest = nearest_names(*options.is, names);
    throw UsageError(fmt::format("--is {}: the model has no class of that name, wnid or index{}{}",
                                 *options.is,
                                 nearest.empty() ? "" : "; near it: ", fmt::join(nearest, ", ")));
}

// All that can be told without the net, so that a wrong option is said at once.
ClassifyOptions resolve_classify(const Options& options) {
    ClassifyOptions resolved;
    const int megapixels = number_in_range(options.max_megapixels, "--max-megapixels", 1, 2000, 200);
    resolved.limits.max_pixels = 1'000'000ULL * static_cast<std::uint64_t>(megapixels);
    if (options.draft && !jpeg_has_options) {
        throw UsageError(
            "--draft: this build has no libjpeg-turbo; leave it out, or build with -D IMNET_JPEG=ON");
    }
    resolved.draft = options.draft;
    resolved.top = number_in_range(options.top, "--top", 1, 1'000'000, 5);
    resolved.batch = number_in_range(options.batch, "--batch", 1, 4096, 0);
    resolved.fail_fast = options.fail_fast;
    resolved.keep_bytes = options.sort_into.has_value();
    const double min_prob = options.min_prob.value_or(0);
    if (!(min_prob >= 0 && min_prob <= 1)) throw UsageError("--min-prob: it takes a number from 0 to 1");
    resolved.min_probability = static_cast<float>(min_prob);
    return resolved;
}

SourceOptions resolve_source(const Options& options) {
    SourceOptions resolved;
    resolved.find.recursive = !options.no_recursive;
    resolved.find.follow = options.follow;
    resolved.find.all_names = options.all;
    resolved.find.except = options.sort_into.value_or("");
    resolved.list = options.files_from;
    resolved.null_separated = options.null_separated;
    resolved.paths_before_list = options.arguments_before_list;
    resolved.tar_on_stdin = options.tar;
    if (options.shard) resolved.shard = parse_shard(*options.shard);
    const auto& paths = options.arguments;
    const bool names_stdin = std::find(paths.begin(), paths.end(), "-") != paths.end();
    if (options.null_separated && !options.files_from) {
        throw UsageError("--null says how the paths of --files-from end; there is none");
    }
    if (options.tar && !names_stdin && !options.files_from) {
        throw UsageError("--tar says what standard input is; give - as an input, too");
    }
    if (options.files_from == "-" && names_stdin) {
        throw UsageError("standard input cannot be both an input and the list of --files-from");
    }
    return resolved;
}

struct Counts {
    std::size_t rows = 0;
    std::size_t failed = 0;
    std::size_t matched = 0;
};

void report(const Options& options, const Counts& counts, const InputSource& source) {
    if (options.quiet) return;
    for (const std::string& archive : source.empty_archives()) {
        say(fmt::format("{}: no images in this archive (--all also tries files without an image's name)",
                        archive));
    }
    for (const std::string& folder : source.empty_folders()) {
        say(fmt::format("{}: no images in this folder (--all also tries files without an image's name)",
                        folder));
    }
    if (counts.failed > 0) say(fmt::format("{} of {} inputs failed", counts.failed, counts.rows));
}

}  // namespace

int run_classify(const Options& options) {
    if (options.arguments.empty() && !options.files_from)
        throw UsageError("nothing to classify: give images, folders or archives, or - for standard input");
    ClassifyOptions resolved = resolve_classify(options);
    check_sorting(options);
    InputSource source(options.arguments, resolve_source(options));
    EngineOptions engine_options = resolve_engine(options);
    const Net net = resolve_net(options);
    const std::vector<int> wanted = resolve_wanted(options, net.labels);
    resolved.threads = engine_options.threads;
    resolved.preprocessing = net.preprocessing;
    resolved.classes = net.architecture.classes;
    engine_options.height = engine_options.width = net.preprocessing.crop;
    engine_options.batch = resolved.batch == 0 ? 8 : resolved.batch;
    const auto engine = open_engine(net.architecture, net.parameters, engine_options);
    if (!options.quiet && !engine->remark().empty()) say(engine->remark());
    if (resolved.batch == 0) resolved.batch = engine->device() == "cpu" ? 8 : 32;

    OutputFile out(options.output.value_or("-"));
    const auto writer = options.is ? nullptr : row_writer(resolve_format(options), out, net.labels);
    Sorting sorting(options, net.labels);
    Counts counts;
    classify(source, *engine, resolved, [&](const Row& row) {
        ++counts.rows;
        if (!row.top) ++counts.failed;
        if (writer) {
            sorting.sort(row);  // first: who has the row may count on the file
            return writer->write(row);
        }
        if (!row.top) say(fmt::format("{}: {}", row.path, row.top.error().message));
        if (!holds_label(row, wanted)) return;
        sorting.sort(row);
        ++counts.matched;
        out.write(row.path + '\n');
        out.flush();
    });
    if (writer) writer->finish();
    out.commit();
    report(options, counts, source);
    sorting.report();
    if (options.is) return counts.matched > 0 && !sorting.any_failed() ? 0 : 1;
    return counts.failed > 0 || sorting.any_failed() ? 1 : 0;
}

}  // namespace imnet::app
