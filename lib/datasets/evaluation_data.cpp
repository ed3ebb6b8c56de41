#include "datasets/evaluation_data.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {
namespace {

constexpr std::size_t most_named = 20;

PictureTargets read_targets(const EvaluationDataOptions& options) {
    if (!options.target_list) return PictureTargets(options.folder);
    return {options.folder, TargetList::read(*options.target_list)};
}

std::string names(std::span<const std::string> all) {
    std::string text = fmt::format("{}", fmt::join(all.first(std::min(all.size(), most_named)), ", "));
    if (all.size() > most_named) text += fmt::format(" and {} more", all.size() - most_named);
    return text;
}

std::string names(const Named& named) {
    return fmt::format("{}{}", fmt::join(named.first, ", "), named.count > named.first.size() ? " …" : "");
}

std::string counted(std::uint64_t count) {
    return fmt::format("{} {}", count, count == 1 ? "picture" : "pictures");
}

}  // namespace

EvaluationData::EvaluationData(EvaluationDataOptions options)
    : options_(std::move(options)), targets_(read_targets(options_)) {}

NextInput EvaluationData::inputs() const {
    SourceOptions wanted;
    wanted.find.follow = options_.follow;
    wanted.find.all_names = options_.all_names;
    auto source = std::make_shared<InputSource>(std::vector{options_.folder}, std::move(wanted));
    return [source] { return source->next(); };
}

void EvaluationData::map_to(const ClassNames& model) {
    survey_ = imnet::survey(inputs(), targets_);
    if (survey_.labelled == 0) refuse_nothing();
    std::set<std::string> targets;
    for (const auto& [target, count] : survey_.targets) targets.insert(target);
    mapping_ = map_targets(model, targets, options_.numbers);
    refuse_unmapped();
}

void EvaluationData::refuse_nothing() const {
    const std::string& folder = options_.folder;
    if (survey_.unlabelled.count == 0)
        throw UsageError(fmt::format("{}: there are no pictures in it{}", folder,
                                     options_.follow ? "" : " (links to folders are entered with --follow)"));
    if (targets_.list() == nullptr) {
        throw UsageError(
            fmt::format("{}: its {} pictures are not in folders that name their classes ({}): give a list "
                        "of their classes with --labels-csv",
                        folder, survey_.unlabelled.count, names(survey_.unlabelled)));
    }
    throw UsageError(fmt::format(
        "{}: none of its {} pictures ({}) is in {}, which names {}; paths are those below {}{}", folder,
        survey_.unlabelled.count, names(survey_.unlabelled), *options_.target_list, names(survey_.missing),
        folder,
        targets_.list()->is_ground_truth_of_ilsvrc() ? ", and lines without a path those of ILSVRC 2012"
                                                     : ""));
}

void EvaluationData::refuse_unmapped() const {
    if (!mapping_.unstated.empty()) {
        throw UsageError(
            fmt::format("{}: the labels are numbers ({}) whose meaning is not known: give --numbers index "
                        "(of the model's outputs, from 0) or "
                        "--numbers ilsvrc2012-id (from 1, as in ILSVRC2012_validation_ground_truth.txt)",
                        *options_.target_list, names(mapping_.unstated)));
    }
    if (!mapping_.ambiguous.empty()) {
        throw ModelError(
            fmt::format("labels that fit more than one class of the model: {}; use wnids or indices",
                        names(mapping_.ambiguous)));
    }
    if (mapping_.unknown.empty()) return;
    if (options_.numbers != Numbers::index && are_ids_of_ilsvrc()) {
        throw ModelError(
            "the labels are the numbers 1 to 1000, and the model's outputs have the numbers 0 to 999: add "
            "--numbers "
            "ilsvrc2012-id if they are the ids of ILSVRC 2012");
    }
    if (options_.skip_unknown && !mapping_.classes.empty()) return;
    throw ModelError(fmt::format(
        "the model has no class for {} of the {} labels: {}; {}", mapping_.unknown.size(),
        survey_.targets.size(), names(mapping_.unknown),
        mapping_.classes.empty() ? "none fits: is this the right model? (--labels FILE sets its class names)"
                                 : "use --skip-unknown to leave their pictures out"));
}

bool EvaluationData::are_ids_of_ilsvrc() const {
    bool has_last = false;
    for (const auto& [target, count] : survey_.targets) {
        int number = 0;
        const auto [end, error] = std::from_chars(target.data(), target.data() + target.size(), number);
        if (error != std::errc{} || end != target.data() + target.size() || number < 1 || number > 1000)
            return false;
        has_last |= number == 1000;
    }
    return has_last;
}

std::optional<int> EvaluationData::target_of(std::string_view path) const {
    const auto target = targets_.target_of(path);
    if (!target) return std::nullopt;
    const auto found = mapping_.classes.find(*target);
    return found == mapping_.classes.end() ? std::nullopt : std::optional(found->second);
}

std::uint64_t EvaluationData::unknown() const {
    std::uint64_t count = 0;
    for (const std::string& target : mapping_.unknown) count += survey_.targets.at(target);
    return count;
}

std::vector<std::string> EvaluationData::notes() const {
    std::vector<std::string> notes;
    const Named& unlabelled = survey_.unlabelled;
    if (unlabelled.count > 0) {
        notes.push_back(fmt::format("{} left out: {} ({})", counted(unlabelled.count),
                                    targets_.list() != nullptr ? "not in the list" : "not in a class folder",
                                    names(unlabelled)));
    }
    if (unknown() > 0) {
        notes.push_back(fmt::format("{} left out: the model has no class for {} of the {} labels ({})",
                                    counted(unknown()), mapping_.unknown.size(), survey_.targets.size(),
                                    names(mapping_.unknown)));
    }
    if (survey_.missing.count > 0) {
        notes.push_back(fmt::format("{} named in {} but not found ({})", counted(survey_.missing.count),
                                    *options_.target_list, names(survey_.missing)));
    }
    return notes;
}

}  // namespace imnet
