#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace imnet {

struct UndoneSort {
    std::size_t undone = 0;             ///< number of actions that were reversed
    std::vector<std::string> problems;  ///< one line for each action that could not be reversed
};

/// Reverses the actions of a manifest, the last one first. A copy or link is removed only if it is unchanged
/// and its original still exists. A moved file gets its old name back only if that name is free. Then empty
/// class folders are removed, and if everything was reversed, ".undone" is added to the manifest's name. It
/// may be killed and run again: actions that are already reversed are skipped. Throws UsageError where the
/// file is not a manifest, or where a run is writing it.
UndoneSort undo_sort(const std::filesystem::path& manifest);

}  // namespace imnet
