#include "cli/man_page.h"

#include <string_view>

#include <fmt/format.h>

#include "cli/option_table.h"

namespace imnet::app {

/// man/imnet.1.in: the text, with marks where the tables are inserted. CMake compiles it in.
extern const std::string_view man_page_template;

namespace {

// Escapes what roff treats as special: backslashes, hyphens, and a dot or quote at the start of a line.
// roff does not read UTF-8, so the ellipsis, the only such character in the tables, becomes three dots.
std::string roff(std::string_view text) {
    constexpr std::string_view ellipsis = "…";
    std::string escaped;
    while (!text.empty()) {
        if (text.starts_with(ellipsis)) {
            escaped += "...";
            text.remove_prefix(ellipsis.size());
            continue;
        }
        const char c = text.front();
        text.remove_prefix(1);
        if (c == '-') {
            escaped += "\\-";
        } else if (c == '\\') {
            escaped += "\\e";
        } else {
            if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
            escaped += c;
        }
    }
    return escaped;
}

std::string synopsis() {
    std::string text;
    for (const CommandRow& row : command_table()) {
        if (!text.empty()) text += ".br\n";
        text += fmt::format(".B imnet{}{}\n[\\fIOPTION\\fR...] {}\n", row.words.empty() ? "" : " ", row.words,
                            roff(row.arguments));
    }
    text.pop_back();
    return text;
}

std::string commands() {
    std::string text;
    for (const CommandRow& row : command_table()) {
        text +=
            fmt::format(".TP\n.B imnet {}\n{}.\n{}\n", roff(row.words.empty() ? row.arguments : row.words),
                        roff(row.help), roff(row.details));
    }
    text.pop_back();
    return text;
}

std::string command_names(const OptionRow& row) {
    std::string names;
    for (const Command command : row.commands) {
        const std::string_view words = command_row(command).words;
        names += fmt::format("{}{}", names.empty() ? "" : ", ", words.empty() ? "classify" : words);
    }
    return names;
}

std::string option_entry(const OptionRow& row) {
    std::string names;
    if (!row.short_name.empty()) names += fmt::format("\\fB{}\\fR, ", roff(row.short_name));
    names += fmt::format("\\fB{}\\fR", roff(row.long_name));
    if (!row.value.empty()) names += fmt::format(" \\fI{}\\fR", roff(row.value));
    std::string entry = fmt::format(".TP\n{}\n{}.\n", names, roff(row.help));
    if (!row.default_text.empty()) entry += fmt::format("Default: {}.\n", roff(row.default_text));
    if (row.commands.size() > 1 || row.commands.front() != Command::classify) {
        entry += fmt::format("Taken by: {}.\n", roff(command_names(row)));
    }
    return entry;
}

std::string options() {
    std::string text;
    std::string_view current;
    for (const OptionRow& row : option_table()) {
        if (row.section != current) text += fmt::format(".SS {}\n", current = row.section);
        text += option_entry(row);
    }
    text.pop_back();
    return text;
}

void fill(std::string& page, std::string_view mark, const std::string& text) {
    page.replace(page.find(mark), mark.size(), text);
}

}  // namespace

std::string man_page() {
    std::string page(man_page_template);
    fill(page, "!!VERSION!!", IMNET_VERSION);
    fill(page, "!!SYNOPSIS!!", synopsis());
    fill(page, "!!COMMANDS!!", commands());
    fill(page, "!!OPTIONS!!", options());
    return page;
}

}  // namespace imnet::app
