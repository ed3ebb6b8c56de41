#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "base/nearest_names.h"
#include "base/output_file.h"
#include "classify.h"
#include "commands.h"
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
    resolved.top = number_in_range(options.top, "--top", 1, 1'000'000, 5);
    resolved.batch = number_in_range(options.batch, "--batch", 1, 4096, 0);
    resolved.threads = resolve_threads(options);
    resolved.fail_fast = options.fail_fast;
    resolved.keep_bytes = options.sort_into.has_value();
    const double min_prob = options.min_prob.value_or(0);
    if (!(min_prob >= 0 && min_prob <= 1)) throw UsageError("--min-prob: it takes a number from 0 to 1");
    resolved.min_probability = static_cast<float>(min_prob);
    return resolved;
}

struct Counts {
    std::size_t rows = 0;
    std::size_t failed = 0;
    std::size_t matched = 0;
};

void report(const Options& options, const Counts& counts, const ImageFinder& finder) {
    if (options.quiet) return;
    for (const std::string& folder : finder.empty_folders()) {
        say(fmt::format("{}: no images in this folder (--all also tries files without an image's name)",
                        folder));
    }
    if (counts.failed > 0) say(fmt::format("{} of {} inputs failed", counts.failed, counts.rows));
}

}  // namespace

int run_classify(const Options& options) {
    if (options.arguments.empty())
        throw UsageError("nothing to classify: give images or folders, or - for standard input");
    ClassifyOptions resolved = resolve_classify(options);
    check_sorting(options);
    const Device device = resolve_device(options);
    const Net net = resolve_net(options);
    const std::vector<int> wanted = resolve_wanted(options, net.labels);
    const auto engine = open_engine(net.architecture, net.parameters, device);
    resolved.preprocessing = net.preprocessing;
    resolved.classes = net.architecture.classes;
    if (resolved.batch == 0) resolved.batch = engine->device() == "cpu" ? 8 : 32;

    OutputFile out(options.output.value_or("-"));
    const auto writer = options.is ? nullptr : row_writer(resolve_format(options), out, net.labels);
    Sorting sorting(options, net.labels);
    ImageFinder finder(options.arguments,
                       {!options.no_recursive, options.follow, options.all, options.sort_into.value_or("")});
    Counts counts;
    classify(finder, *engine, resolved, [&](const Row& row) {
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
    report(options, counts, finder);
    sorting.report();
    if (options.is) return counts.matched > 0 && !sorting.any_failed() ? 0 : 1;
    return counts.failed > 0 || sorting.any_failed() ? 1 : 0;
}

}  // namespace imnet::app
