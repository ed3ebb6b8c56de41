#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "base/interruption.h"
#include "base/nearest_names.h"
#include "base/output_file.h"
#include "classify.h"
#include "commands.h"
#include "resolve.h"
#include "results/row_formatter.h"

namespace imnet::app {
namespace {

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
    const Device device = resolve_device(options);
    const Net net = resolve_net(options);
    const std::vector<int> wanted = resolve_wanted(options, net.labels);
    const auto engine = open_engine(net.architecture, net.parameters, device);
    resolved.preprocessing = net.preprocessing;
    resolved.classes = net.architecture.classes;
    if (resolved.batch == 0) resolved.batch = engine->device() == "cpu" ? 8 : 32;

    const GracefulStop graceful;
    OutputFile out(options.output.value_or("-"));
    const auto formatter = options.is ? nullptr
                                      : row_formatter(*format_named(options.format.value_or("text")),
                                                      net.labels, out.is_terminal());
    if (formatter) out.write(formatter->head());
    ImageFinder finder(options.arguments, {!options.no_recursive, options.follow, options.all});
    Counts counts;
    classify([&] { return finder.next(); }, *engine, resolved,
             [&](std::span<const Row> rows) {
                 for (const Row& row : rows) {
                     ++counts.rows;
                     if (!row.top) ++counts.failed;
                     if (formatter) {
                         out.write(formatter->row(row));
                         continue;
                     }
                     if (!row.top) say(fmt::format("{}: {}", row.path, row.top.error().message));
                     if (!holds_label(row, wanted)) continue;
                     ++counts.matched;
                     out.write(row.path + '\n');
                 }
                 out.flush();
             });
    if (const int signal = interrupted()) throw Interrupted{signal};
    if (formatter) out.write(formatter->tail());
    out.commit();
    report(options, counts, finder);
    if (options.is) return counts.matched > 0 ? 0 : 1;
    return counts.failed > 0 ? 1 : 0;
}

}  // namespace imnet::app
