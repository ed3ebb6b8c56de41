#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "sorting/sorted_folder.h"

namespace imnet::app {

/// The values of --sort-into and --by.
struct SortingPlan {
    std::string folder;
    SortBy by = SortBy::copy;
};

/// Nothing without --sort-into. Throws UsageError if --by is alone, or if an input is inside the folder.
std::optional<SortingPlan> resolve_sorting(const Options& options);

}  // namespace imnet::app
