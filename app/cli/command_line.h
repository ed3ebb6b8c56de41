#pragma once

#include <span>
#include <string>

#include "cli/options.h"

namespace imnet::app {

/// Reads the words behind the program's name. Does no work but reading them. Throws UsageError for
/// what no command takes, with the nearest option where there is one.
Options parse_command_line(std::span<const std::string> words);

}  // namespace imnet::app
