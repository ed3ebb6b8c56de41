#pragma once

#include <optional>
#include <string>

#include "cli/options.h"
#include "sorting/sorted_folder.h"

namespace imnet::app {

/// What --sort-into and --by mean.
struct SortingPlan {
    std::string folder;
    SortBy by = SortBy::copy;
};

/// Nothing without --sort-into. Throws UsageError for options that make no sense, before anything is
/// loaded or made.
std::optional<SortingPlan> resolve_sorting(const Options& options);

}  // namespace imnet::app
