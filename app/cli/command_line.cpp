#include "cli/command_line.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/errors.h"
#include "base/nearest_names.h"
#include "cli/option_table.h"

namespace imnet::app {
namespace {

// The command that the first words name, and the number of these words.
std::pair<Command, std::size_t> find_command(std::span<const std::string> words) {
    for (const CommandRow& row : command_table()) {
        if (row.words.empty()) continue;
        const std::size_t space = row.words.find(' ');
        const std::string_view first = row.words.substr(0, space);
        if (words.empty() || words[0] != first) continue;
        if (space == std::string_view::npos) return {row.command, 1};
        if (words.size() > 1 && words[1] == row.words.substr(space + 1)) return {row.command, 2};
    }
    return {Command::classify, 0};
}

// 'imnet weights' alone is not a command, and the user hardly wants to classify a file of that name.
void refuse_half_command(std::span<const std::string> words) {
    std::string known;
    for (const CommandRow& row : command_table()) {
        if (words.empty() || !row.words.starts_with(words[0] + ' ')) continue;
        known += (known.empty() ? "" : ", ") + std::string(row.words);
    }
    if (known.empty()) return;
    throw UsageError(fmt::format("'{}' needs a second word: {} (for a file of that name, type './{}')",
                                 words[0], known, words[0]));
}

[[noreturn]] void refuse_option(const std::string& word, Command command) {
    std::vector<std::string_view> names;
    for (const OptionRow* row : options_of(command)) names.push_back(row->long_name);
    const std::string typed = word.substr(0, word.find('='));
    const std::string short_name = word.substr(0, 2);  // its value may be attached: -k3
    for (const OptionRow& row : option_table()) {
        if (row.long_name != typed && row.short_name != short_name) continue;
        throw UsageError(fmt::format("'{}' takes no option {}", command_name(command),
                                     row.long_name == typed ? row.long_name : row.short_name));
    }
    const std::vector<std::string_view> nearest = nearest_names(typed, names);
    throw UsageError(nearest.empty()
                         ? fmt::format("there is no option {}", typed)
                         : fmt::format("there is no option {}: did you mean {}?", typed, nearest[0]));
}

void add_option(CLI::App& parser, const OptionRow& row, Options& options) {
    std::string names(row.long_name);
    if (!row.short_name.empty()) names = std::string(row.short_name) + ',' + names;
    std::visit(
        [&](auto member) {
            if constexpr (std::is_same_v<decltype(member), bool Options::*>) {
                parser.add_flag(names, options.*member)
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
            } else {
                // The last of a repeated option counts, so that it overrides one in a shell alias.
                parser.add_option(names, options.*member)
                    ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
            }
        },
        row.member);
}

// The number of paths before the option, which decides the order of the inputs.
std::size_t arguments_before(const CLI::App& parser, const CLI::Option* arguments, std::string_view option) {
    const auto& typed = parser.parse_order();
    const auto last = std::find_if(typed.rbegin(), typed.rend(), [&](const CLI::Option* parsed) {
        return parsed->check_name(std::string(option));
    });
    return static_cast<std::size_t>(std::count(last, typed.rend(), arguments));
}

void check_choice(const OptionRow& row, const Options& options) {
    const auto* member = std::get_if<std::optional<std::string> Options::*>(&row.member);
    if (member == nullptr || row.choices.empty() || !(options.**member)) return;
    const std::string& typed = *(options.**member);
    if (std::find(row.choices.begin(), row.choices.end(), typed) != row.choices.end()) return;
    throw UsageError(fmt::format("{} {}: it takes {}", row.long_name, typed, fmt::join(row.choices, ", ")));
}

}  // namespace

Options parse_command_line(std::span<const std::string> words) {
    Options options;
    const auto [command, used] = find_command(words);
    if (used == 0) refuse_half_command(words);
    options.command = command;
    options.words.assign(words.begin(), words.end());

    CLI::App parser;
    parser.set_help_flag();
    parser.allow_extras();
    for (const OptionRow* row : options_of(command)) add_option(parser, *row, options);
    const CLI::Option* arguments = parser.add_option("arguments", options.arguments);

    std::vector<std::string> reversed(words.rbegin(), words.rend() - static_cast<std::ptrdiff_t>(used));
    try {
        parser.parse(reversed);
    } catch (const CLI::ParseError& error) {
        throw UsageError(error.what());
    }
    for (const std::string& word : parser.remaining()) {
        if (word != "--") refuse_option(word, command);  // only paths follow it
    }
    for (const OptionRow* row : options_of(command)) check_choice(*row, options);
    options.arguments_before_list = arguments_before(parser, arguments, "--files-from");
    return options;
}

}  // namespace imnet::app
