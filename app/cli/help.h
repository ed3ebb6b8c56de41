#pragma once

#include <string>

#include "cli/options.h"

namespace imnet::app {

/// The text of `imnet --help` or `imnet COMMAND --help`, made from the tables of commands and options.
std::string help_text(Command command);

}  // namespace imnet::app
