#include "commands/sorting.h"

#include <filesystem>
#include <span>

#include <fmt/format.h>

#include "base/errors.h"
#include "cli/say.h"

namespace imnet::app {

Sorting::Sorting(const std::optional<SortingPlan>& plan, const ClassNames& class_names) {
    if (!plan) return;
    name_ = plan->folder;
    folder_ = std::make_unique<SortedFolder>(name_, plan->by, class_names);
}

void Sorting::sort(const Row& row) {
    if (!folder_ || !row.top) return;
    if (row.top->empty()) {
        ++without_class_;
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
    if (!folder_) return;
    std::string text = fmt::format("{} sorted into {}", sorted_, name_);
    if (were_sorted_ > 0) text += fmt::format(", {} were there before", were_sorted_);
    if (without_class_ > 0)
        text += fmt::format(", {} not sorted because no class reaches --min-prob", without_class_);
    if (failed_ > 0) text += fmt::format(", {} could not be sorted", failed_);
    if (!folder_->manifest().empty()) {
        text += fmt::format("; to undo: imnet undo {}",
                            (std::filesystem::path(name_) / folder_->manifest().filename()).native());
    }
    say(text);
}

}  // namespace imnet::app
