#include "datasets/picture_targets.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/interruption.h"
#include "inputs/folder.h"

namespace imnet {
namespace {

using Entry = std::pair<const std::string, TargetList::Entry>;

Named missing_of(const TargetList& list, const std::unordered_set<const Entry*>& seen) {
    std::vector<const Entry*> missing;
    for (const Entry& entry : list.entries()) {
        if (seen.count(&entry) == 0) missing.push_back(&entry);
    }
    std::sort(missing.begin(), missing.end(),
              [](const Entry* a, const Entry* b) { return a->second.line < b->second.line; });
    Named named;
    for (const Entry* entry : missing) named.add(entry->first);
    return named;
}

}  // namespace

PictureTargets::PictureTargets(std::string folder) : folder_(std::move(folder)) {}

PictureTargets::PictureTargets(std::string folder, TargetList list)
    : folder_(std::move(folder)), list_(std::move(list)) {}

std::optional<std::string> PictureTargets::target_of(std::string_view path) const {
    if (list_) {
        const Entry* entry = list_->find(path, folder_);
        return entry == nullptr ? std::nullopt : std::optional(entry->second.target);
    }
    const std::string_view below = path_below(path, folder_);
    const std::size_t end = below.find('/');
    if (end == std::string_view::npos) return std::nullopt;
    std::string target(below.substr(0, end));
    while (has_archive_ending(target)) target.resize(target.rfind('.'));  // n01440764.tar
    return target;
}

void Named::add(std::string_view name) {
    if (count++ < most) first.emplace_back(name);
}

TargetSurvey survey(const NextInput& next_input, const PictureTargets& targets) {
    TargetSurvey survey;
    std::unordered_set<const Entry*> seen;
    while (const auto input = next_input()) {
        if (const int signal = interrupted()) throw Interrupted{signal};
        if (input->error) continue;
        const auto target = targets.target_of(input->path);
        if (!target) {
            survey.unlabelled.add(input->path);
            continue;
        }
        ++survey.targets[*target];
        ++survey.labelled;
        if (targets.list() != nullptr) seen.insert(targets.list()->find(input->path, targets.folder()));
    }
    if (targets.list() != nullptr) survey.missing = missing_of(*targets.list(), seen);
    return survey;
}

}  // namespace imnet
