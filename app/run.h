#pragma once

#include <string>
#include <vector>

namespace imnet::app {

/// Runs the program with the arguments after its name and returns the exit status. Exceptions that end a
/// run are caught only here.
int run(const std::vector<std::string>& words);

}  // namespace imnet::app
