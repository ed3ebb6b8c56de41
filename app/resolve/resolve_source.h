#pragma once

#include <cstdint>
#include <stop_token>

#include "cli/options.h"
#include "inputs/input_source.h"

namespace imnet::app {

/// Where the inputs of a classify run come from. Throws UsageError for options that contradict each
/// other.
SourceOptions resolve_source(const Options& options);

/// How many rows there will be; 0 where that cannot be told without reading all inputs, or when asked
/// to stop.
std::uint64_t count_inputs(const Options& options, const std::stop_token& stop);

}  // namespace imnet::app
