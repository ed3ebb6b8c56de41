#pragma once

#include <string>

namespace imnet::app {

/// Completion scripts for the shells, made from the tables of commands and options.
std::string bash_completions();
std::string zsh_completions();
std::string fish_completions();

}  // namespace imnet::app
