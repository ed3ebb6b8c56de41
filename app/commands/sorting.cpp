#include "commands/sorting.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "resolve/resolve.h"
#include "say.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

SortBy resolve_by(const Options& options) {
    const std::string word = options.by.value_or("copy");
    if (word == "link") return SortBy::link;
    if (word == "move") return SortBy::move;
    return SortBy::copy;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

}  // namespace

void check_sorting(const Options& options) {
    if (!options.sort_into) {
        if (options.by) throw UsageError("--by says how --sort-into DIR does it, and that is missing");
        return;
    }
    if (options.sort_into->empty()) throw UsageError("--sort-into: it takes the name of a folder");
    std::error_code ignored;
    const fs::path folder = fs::weakly_canonical(*options.sort_into, ignored);
    for (const std::string& argument : options.arguments) {
        if (!fs::is_directory(argument, ignored)) continue;
        if (!is_inside(fs::canonical(argument, ignored), folder)) continue;
        throw UsageError(
            fmt::format("{}: what is sorted there is not sorted again; let --sort-into name another folder "
                        "(one inside it will do)",
                        argument));
    }
}

Sorting::Sorting(const Options& options, const ClassNames& class_names) : options_(options) {
    if (options.sort_into) {
        folder_ = std::make_unique<SortedFolder>(*options.sort_into, resolve_by(options), class_names);
    }
}

void Sorting::sort(const Row& row) {
    if (!folder_ || !row.top) return;
    if (row.top->empty()) {
        ++without_label_;
        return;
    }
    std::optional<std::span<const std::byte>> bytes;
    if (!row.bytes.empty()) bytes = row.bytes;
    const auto outcome = folder_->put(row.path, bytes, row.top->front());
    if (!outcome) {
        ++failed_;
        say(fmt::format("{}: not sorted: {}", row.path, outcome.error().message));
        return;
    }
    ++(*outcome == SortedFolder::Outcome::sorted ? sorted_ : were_sorted_);
}

void Sorting::report() const {
    if (!folder_ || options_.quiet) return;
    std::string text = fmt::format("{} sorted into {}", sorted_, *options_.sort_into);
    if (were_sorted_ > 0) text += fmt::format(", {} were there before", were_sorted_);
    if (without_label_ > 0)
        text += fmt::format(", {} left where no label reaches --min-prob", without_label_);
    if (failed_ > 0) text += fmt::format(", {} could not be sorted", failed_);
    if (!folder_->manifest().empty()) {
        text += fmt::format("; to undo: imnet undo {}",
                            (fs::path(*options_.sort_into) / folder_->manifest().filename()).native());
    }
    say(text);
}

}  // namespace imnet::app
