#include "resolve/resolve_sorting.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

SortBy resolve_by(const Options& options) {
    const std::string word = options.by.value_or("copy");
    if (word == "link") return SortBy::link;
    if (word == "move") return SortBy::move;
    return SortBy::copy;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

std::optional<SortingPlan> resolve_sorting(const Options& options) {
    if (!options.sort_into) {
        if (options.by) throw UsageError("--by only goes with --sort-into");
        return std::nullopt;
    }
    if (options.sort_into->empty()) throw UsageError("--sort-into: it takes the name of a folder");
    std::error_code ignored;
    const fs::path folder = fs::weakly_canonical(*options.sort_into, ignored);
    for (const std::string& argument : options.arguments) {
        if (!fs::is_directory(argument, ignored)) continue;
        if (!is_inside(fs::canonical(argument, ignored), folder)) continue;
        throw UsageError(fmt::format(
            "{}: the input is inside the folder of --sort-into, which is not searched: choose another "
            "folder for --sort-into (it may be inside the input)",
            argument));
    }
    return SortingPlan{*options.sort_into, resolve_by(options)};
}

}  // namespace imnet::app
