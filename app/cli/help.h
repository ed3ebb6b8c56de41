#pragma once

#include <string>

#include "cli/options.h"

namespace imnet::app {

/// The text of `imnet --help` or `imnet COMMAND --help`, from the option table.
std::string help_text(Command command);

/// "1.2.3".
std::string version();

/// The text of `imnet --version`: the version, and what is built in.
std::string version_text();

}  // namespace imnet::app
