#include "cli/help.h"

#include <fmt/format.h>

#include "cli/option_table.h"

namespace imnet::app {
namespace {

constexpr std::size_t width = 90;

// Breaks text at spaces so that no line is longer than `width`. Each line starts with `indent` spaces.
std::string wrap(std::string_view text, std::size_t indent) {
    std::string wrapped;
    std::size_t column = width + 1;  // the first word starts a line
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        if (column + 1 + word.size() > width) {
            if (!wrapped.empty()) wrapped += '\n';
            wrapped.append(indent, ' ');
            column = indent;
        } else {
            wrapped += ' ';
            ++column;
        }
        wrapped += word;
        column += word.size();
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return wrapped + '\n';
}

std::string option_lines(const OptionRow& row) {
    std::string help(row.help);
    if (!row.default_text.empty()) help += fmt::format(" [default: {}]", row.default_text);
    const std::string spelling =
        row.short_name.empty() ? "    " + option_spelling(row) : option_spelling(row);
    return fmt::format("  {}\n{}", spelling, wrap(help, 10));
}

std::string usage_line(const CommandRow& row) {
    return fmt::format("{} [OPTION…]{}{}\n", command_name(row.command), row.arguments.empty() ? "" : " ",
                       row.arguments);
}

std::string all_commands() {
    std::string lines = "\nCommands\n";
    for (const CommandRow& row : command_table()) {
        if (row.words.empty()) continue;
        lines += fmt::format("  {:17}{}\n", row.words, row.help);
    }
    return lines + "  'imnet COMMAND --help' describes a command.\n";
}

}  // namespace

std::string help_text(Command command) {
    const CommandRow& row = command_row(command);
    std::string text = fmt::format("{}\n\nUsage: {}\n{}", row.help, usage_line(row), wrap(row.details, 0));
    std::string_view section;
    for (const OptionRow* option : options_of(command)) {
        if (option->section != section) text += fmt::format("\n{}\n", section = option->section);
        text += option_lines(*option);
    }
    if (command != Command::classify) return text;
    text += all_commands();
    text += "\nExit status\n";
    text += wrap(
        "0 all inputs were classified; 1 an input failed (with -q only if --is found no match), or --is "
        "found nothing; "
        "2 the command line is wrong; 3 the model or its weights were rejected; 4 the output could not be "
        "written, or a "
        "resource ran out; 128+N ended by signal N",
        2);
    return text;
}

}  // namespace imnet::app
