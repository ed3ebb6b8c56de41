#pragma once

#include <string>

namespace imnet::app {

/// "1.2.3".
std::string version();

/// The text of `imnet --version`: the version, and what is built in.
std::string version_text();

}  // namespace imnet::app
