#pragma once

#include <string>
#include <vector>

namespace imnet::app {

/// Runs the program on the words behind its name and returns the exit status. The one place where
/// exceptions are caught.
int run(const std::vector<std::string>& words);

}  // namespace imnet::app
