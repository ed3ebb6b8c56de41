#include <algorithm>
#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"
#include "commands/commands.h"
#include "resolve/resolve.h"
#include "say.h"
#include "sorting/undo_sort.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

bool was_undone(const std::string& manifest) {
    return manifest.ends_with(".undone") ? fs::exists(manifest)
                                         : !fs::exists(manifest) && fs::exists(manifest + ".undone");
}

// Whether all of it is undone.
bool undo(const std::string& manifest, bool quiet) {
    if (was_undone(manifest)) {
        if (!quiet) say(fmt::format("{}: it has been undone before", manifest));
        return true;
    }
    const UndoneSort result = undo_sort(manifest);
    for (const std::string& problem : result.problems) say(problem);
    const std::string rest =
        result.problems.empty() ? "" : fmt::format(", {} could not be", result.problems.size());
    if (!quiet) say(fmt::format("{}: {} undone{}", manifest, result.undone, rest));
    return result.problems.empty();
}

}  // namespace

int run_undo(const Options& options) {
    if (options.arguments.empty()) {
        throw UsageError("nothing to undo: give a manifest, DIR/imnet-manifest-TIME.jsonl");
    }
    // Their names have the time in them: the last run is undone first.
    std::vector<std::string> manifests = options.arguments;
    std::sort(manifests.rbegin(), manifests.rend());
    bool all = true;
    for (const std::string& manifest : manifests) all = undo(manifest, options.quiet) && all;
    return all ? 0 : 1;
}

}  // namespace imnet::app
