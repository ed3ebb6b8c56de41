#pragma once

#include <span>
#include <string>

#include "cli/options.h"

namespace imnet::app {

/// Parses the arguments after the program's name. Throws UsageError for an option that the command does not
/// take; the message suggests the nearest option, if there is one.
Options parse_command_line(std::span<const std::string> words);

}  // namespace imnet::app
