#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace imnet {

struct UndoneSort {
    std::size_t undone = 0;             ///< actions reversed now
    std::vector<std::string> problems;  ///< what could not be reversed and why, one line each
};

/// Reverses what a manifest says, the last action first. A copy or a link is removed only while it is
/// what was put there and its original is there too; a moved file goes back to its old name only where
/// nothing has that. Folders that are empty then are removed, and where all is reversed the manifest
/// gets ".undone" behind its name. Whatever was reversed before is no problem, so it may be killed and
/// run again. Throws UsageError where the file is no manifest, or a run is writing it.
UndoneSort undo_sort(const std::filesystem::path& manifest);

}  // namespace imnet
