#include "cli/option_table.h"

#include <algorithm>

#include "cli/option_sections.h"

namespace imnet::app {
namespace {

std::vector<OptionRow> general_options() {
    const std::vector<Command> all_commands{
        Command::classify,        Command::models,        Command::summary,
        Command::finetune,        Command::eval,          Command::explain,
        Command::bench,           Command::weights_path,  Command::weights_inspect,
        Command::weights_convert, Command::weights_fetch, Command::weights_verify,
        Command::merge,           Command::undo};
    const std::vector<Command> classify{Command::classify};
    return {
        {"General",
         "-h",
         "--help",
         "",
         "Show this help and exit",
         "",
         {},
         Completion::none,
         all_commands,
         &Options::help},
        {"General",
         "",
         "--version",
         "",
         "Show the version and what is built in, and exit",
         "",
         {},
         Completion::none,
         classify,
         &Options::version},
        {"General",
         "",
         "--generate",
         "KIND",
         "Print the man page or a shell's completions and exit: man, complete-bash, complete-zsh or "
         "complete-fish",
         "",
         {"man", "complete-bash", "complete-zsh", "complete-fish"},
         Completion::none,
         classify,
         &Options::generate},
    };
}

}  // namespace

std::span<const OptionRow> option_table() {
    static const std::vector<OptionRow> table = [] {
        std::vector<OptionRow> rows;
        for (auto& section : {model_options(), preprocessing_options(), input_options(), output_options(),
                              training_options(), eval_options(), explain_options(), general_options()}) {
            rows.insert(rows.end(), section.begin(), section.end());
        }
        return rows;
    }();
    return table;
}

std::vector<const OptionRow*> options_of(Command command) {
    std::vector<const OptionRow*> taken;
    for (const OptionRow& row : option_table()) {
        if (std::find(row.commands.begin(), row.commands.end(), command) != row.commands.end()) {
            taken.push_back(&row);
        }
    }
    return taken;
}

std::string option_spelling(const OptionRow& row) {
    std::string spelling;
    if (!row.short_name.empty()) spelling.append(row.short_name).append(", ");
    spelling += row.long_name;
    if (!row.value.empty()) spelling.append(" ").append(row.value);
    return spelling;
}

}  // namespace imnet::app
