#include "cli/completions.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/option_table.h"
#include "models/architecture.h"
#include "models/bundled_model.h"

namespace imnet::app {
namespace {

// The words that complete a value: its choices, or the names of models.
std::vector<std::string_view> words_for(const OptionRow& row) {
    if (row.completion != Completion::model) return row.choices;
    std::vector<std::string_view> names = architecture_names();
    names.push_back(bundled_model_alias);
    return names;
}

// Command words by first word: {"models", {}}, {"weights", {"path"}}.
std::vector<std::pair<std::string_view, std::vector<std::string_view>>> command_words() {
    std::vector<std::pair<std::string_view, std::vector<std::string_view>>> words;
    for (const CommandRow& row : command_table()) {
        if (row.words.empty()) continue;
        const std::size_t space = row.words.find(' ');
        const std::string_view first = row.words.substr(0, space);
        if (words.empty() || words.back().first != first) words.push_back({first, {}});
        if (space != std::string_view::npos) words.back().second.push_back(row.words.substr(space + 1));
    }
    return words;
}

std::string option_words(Command command) {
    std::string words;
    for (const OptionRow* row : options_of(command)) {
        if (!row->short_name.empty()) words.append(row->short_name).append(" ");
        words.append(row->long_name).append(" ");
    }
    words.pop_back();
    return words;
}

std::string shell_quoted(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + '\'';
}

// Brackets and colons have a special meaning in zsh's _arguments.
std::string zsh_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string zsh_action(const OptionRow& row) {
    const auto words = words_for(row);
    if (!words.empty()) return fmt::format(":{}:({})", row.value, fmt::join(words, " "));
    if (row.completion == Completion::file) return fmt::format(":{}:_files", row.value);
    return fmt::format(":{}: ", row.value);
}

std::string zsh_arguments(Command command) {
    std::string lines = "_arguments -s";
    for (const OptionRow* row : options_of(command)) {
        for (const std::string_view name : {row->short_name, row->long_name}) {
            if (name.empty()) continue;
            const std::string action = row->value.empty() ? "" : zsh_action(*row);
            lines += fmt::format(" \\\n        {}",
                                 shell_quoted(fmt::format("{}[{}]{}", name, zsh_escaped(row->help), action)));
        }
    }
    if (!command_row(command).arguments.empty()) lines += " \\\n        '*:file:_files'";
    return lines + '\n';
}

std::string fish_condition(const CommandRow& row) {
    if (row.words.empty()) {
        std::string firsts;
        for (const auto& [first, seconds] : command_words()) firsts.append(" ").append(first);
        return "not __fish_seen_subcommand_from" + firsts;
    }
    std::string condition;
    std::string_view words = row.words;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find(' '), words.size());
        if (!condition.empty()) condition += "; and ";
        condition.append("__fish_seen_subcommand_from ").append(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return condition;
}

}  // namespace

std::string bash_completions() {
    std::string script =
        "# bash completion for imnet\n"
        "_imnet() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
        "    COMPREPLY=()\n"
        "    case $previous in\n";
    std::set<std::string_view> seen;
    for (const OptionRow& row : option_table()) {
        if (row.value.empty() || !seen.insert(row.long_name).second) continue;
        const std::string names =
            (row.short_name.empty() ? "" : std::string(row.short_name) + '|') + std::string(row.long_name);
        const auto words = words_for(row);
        const bool files = row.completion == Completion::file;
        if (!words.empty()) {
            script += fmt::format("        {}) COMPREPLY=($(compgen -W '{}' -- \"$current\")); return ;;\n",
                                  names, fmt::join(words, " "));
        } else {
            script += fmt::format("        {}) {}return ;;\n", names, files ? "compopt -o default; " : "");
        }
    }
    script += "    esac\n    local options\n    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n";
    for (const CommandRow& row : command_table()) {
        if (row.words.empty()) continue;
        const bool two = row.words.find(' ') != std::string_view::npos;
        script += fmt::format("        '{}'{}) options='{}' ;;\n", row.words, two ? "" : "\\ *",
                              option_words(row.command));
    }
    script += fmt::format("        *) options='{}' ;;\n    esac\n", option_words(Command::classify));
    script +=
        "    if [[ $current == -* ]]; then\n        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n "
        "       return\n    fi\n";
    std::string firsts;
    for (const auto& [first, seconds] : command_words()) {
        firsts.append(firsts.empty() ? "" : " ").append(first);
        if (seconds.empty()) continue;
        script += fmt::format(
            "    if [[ $COMP_CWORD -eq 2 && $previous == {} ]]; then\n"
            "        COMPREPLY=($(compgen -W '{}' -- \"$current\"))\n        return\n    fi\n",
            first, fmt::join(seconds, " "));
    }
    script += fmt::format(
        "    [[ $COMP_CWORD -eq 1 ]] && COMPREPLY=($(compgen -W '{}' -- \"$current\"))\n"
        "    compopt -o default\n"
        "}}\n"
        "complete -F _imnet imnet\n",
        firsts);
    return script;
}

std::string zsh_completions() {
    std::string script = "#compdef imnet\n_imnet() {\n    case \"$words[2] $words[3]\" in\n";
    for (const CommandRow& row : command_table()) {
        if (row.words.empty()) continue;
        const bool two = row.words.find(' ') != std::string_view::npos;
        script += fmt::format(
            "    '{}'{})\n        shift {} words; (( CURRENT -= {} ))\n        {}        return ;;\n",
            row.words, two ? "" : "\\ *", two ? 2 : 1, two ? 2 : 1, zsh_arguments(row.command));
    }
    script += "    esac\n";
    std::string firsts;
    for (const auto& [first, seconds] : command_words()) {
        firsts.append(firsts.empty() ? "" : " ").append(first);
        if (seconds.empty()) continue;
        script += fmt::format(
            "    if (( CURRENT == 3 )) && [[ $words[2] == {} ]]; then\n        compadd {}\n        return\n  "
            "  fi\n",
            first, fmt::join(seconds, " "));
    }
    script += fmt::format("    (( CURRENT == 2 )) && compadd {}\n    {}}}\n_imnet \"$@\"\n", firsts,
                          zsh_arguments(Command::classify));
    return script;
}

std::string fish_completions() {
    std::string script = "# fish completion for imnet\n";
    for (const auto& [first, seconds] : command_words()) {
        script += fmt::format("complete -c imnet -n __fish_use_subcommand -a {}\n", first);
        for (const std::string_view second : seconds) {
            script += fmt::format("complete -c imnet -f -n '__fish_seen_subcommand_from {}' -a {}\n", first,
                                  second);
        }
    }
    for (const CommandRow& command : command_table()) {
        for (const OptionRow* row : options_of(command.command)) {
            script += fmt::format("complete -c imnet -n '{}'", fish_condition(command));
            if (!row->short_name.empty()) script += fmt::format(" -s {}", row->short_name.substr(1));
            script += fmt::format(" -l {} -d {}", row->long_name.substr(2), shell_quoted(row->help));
            const auto words = words_for(*row);
            if (!words.empty()) {
                script += fmt::format(" -x -a '{}'", fmt::join(words, " "));
            } else if (!row->value.empty()) {
                script += row->completion == Completion::none ? " -x" : " -r";
            }
            script += '\n';
        }
    }
    return script;
}

}  // namespace imnet::app
