// The table of commands. option_table.h has their options.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/options.h"

namespace imnet::app {

struct CommandRow {
    Command command;
    std::string_view words;      ///< "summary", "weights path"; empty for classify
    std::string_view arguments;  ///< "PATH…"
    std::string_view help;       ///< one line
    std::string_view details;    ///< a paragraph or more
};

std::span<const CommandRow> command_table();

const CommandRow& command_row(Command command);

/// As a user types it: "imnet", "imnet weights path".
std::string command_name(Command command);

}  // namespace imnet::app
