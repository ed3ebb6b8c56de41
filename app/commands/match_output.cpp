#include "commands/match_output.h"

#include <utility>

#include <fmt/format.h>

#include "cli/say.h"

namespace imnet::app {

MatchOutput::MatchOutput(const std::string& path, std::vector<int> wanted, Sorting& sorting)
    : out_(path), wanted_(std::move(wanted)), sorting_(sorting) {}

void MatchOutput::write(std::span<const Row> rows) {
    for (const Row& row : rows) {
        if (!row.top) {
            failed_ = true;
            say(fmt::format("{}: {}", row.path, row.top.error().message));
        }
        if (!holds_class(row, wanted_)) continue;
        sorting_.sort(row);
        matched_ = true;
        out_.write(row.path + '\n');
    }
    out_.flush();
}

int MatchOutput::finish(bool quiet) {
    out_.commit();
    if (!quiet) sorting_.report();
    if (!matched_ || sorting_.any_failed()) return 1;
    return failed_ && !quiet ? 1 : 0;
}

}  // namespace imnet::app
