#include <filesystem>
#include <string>

#include <fmt/format.h>

#include "cli/say.h"
#include "commands/commands.h"
#include "resolve/resolve_undo.h"
#include "sorting/undo_sort.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

bool was_undone(const std::string& manifest) {
    return manifest.ends_with(".undone") ? fs::exists(manifest)
                                         : !fs::exists(manifest) && fs::exists(manifest + ".undone");
}

// Returns whether everything is undone.
bool undo(const std::string& manifest, bool quiet) {
    if (was_undone(manifest)) {
        if (!quiet) say(fmt::format("{}: it is undone already", manifest));
        return true;
    }
    const UndoneSort result = undo_sort(manifest);
    for (const std::string& problem : result.problems) say(problem);
    const std::string rest =
        result.problems.empty() ? "" : fmt::format(", {} could not be undone", result.problems.size());
    if (!quiet) say(fmt::format("{}: {} undone{}", manifest, result.undone, rest));
    return result.problems.empty();
}

}  // namespace

int run_undo(const UndoRun& run) {
    bool all = true;
    for (const std::string& manifest : run.manifests) all = undo(manifest, run.quiet) && all;
    return all ? 0 : 1;
}

}  // namespace imnet::app
