// The option table. Parsing, --help, the man page and the completions use it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/command_table.h"
#include "cli/options.h"

namespace imnet::app {

/// The member of `Options` that an option sets: a flag, a text, an integer or a real number.
using OptionMember = std::variant<bool Options::*, std::optional<std::string> Options::*,
                                  std::optional<std::int64_t> Options::*, std::optional<double> Options::*>;

/// What a shell offers to complete a value with.
enum class Completion { none, file, model };

struct OptionRow {
    std::string_view section;     ///< heading in --help and the man page
    std::string_view short_name;  ///< "-k", or empty
    std::string_view long_name;   ///< "--top"
    std::string_view value;       ///< "N"; empty for a flag
    std::string_view help;        ///< one sentence without a full stop
    std::string_view default_text;
    std::vector<std::string_view> choices;  ///< the accepted values; empty if all are
    Completion completion;
    std::vector<Command> commands;
    OptionMember member;
};

std::span<const OptionRow> option_table();

/// The options that a command takes, in the order of the table.
std::vector<const OptionRow*> options_of(Command command);

/// "-k, --top N".
std::string option_spelling(const OptionRow& row);

}  // namespace imnet::app
