#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "inputs/input_source.h"

namespace imnet {

/// The number of inputs; 0 if it is not known without reading them all, or if the token asks to stop.
std::uint64_t count_inputs(const std::vector<std::string>& paths, SourceOptions options,
                           const std::stop_token& stop);

}  // namespace imnet
