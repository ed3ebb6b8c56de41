#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "inputs/input_source.h"

namespace imnet {

/// How many inputs there are; 0 where that cannot be told without reading them all, or when asked to
/// stop.
std::uint64_t count_inputs(const std::vector<std::string>& paths, SourceOptions options,
                           const std::stop_token& stop);

}  // namespace imnet
