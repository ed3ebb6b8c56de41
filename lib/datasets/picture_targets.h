#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/target_list.h"
#include "inputs/input.h"

namespace imnet {

/// What the pictures of a data set are called, by their folders or by a list.
class PictureTargets {
public:
    /// A picture is called as the first folder (or archive, without its ending) below `folder` is.
    explicit PictureTargets(std::string folder);

    PictureTargets(std::string folder, TargetList list);

    /// Nothing for a picture that stands in `folder` itself, or is not in the list.
    std::optional<std::string> target_of(std::string_view path) const;

    /// Null where folders tell.
    const TargetList* list() const { return list_ ? &*list_ : nullptr; }

    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    std::optional<TargetList> list_;
};

/// How many there are, and the first of them, to name.
struct Named {
    static constexpr std::size_t most = 3;

    std::uint64_t count = 0;
    std::vector<std::string> first;

    void add(std::string_view name);
};

/// What a look at all pictures of a data set tells before any is classified.
struct TargetSurvey {
    std::map<std::string, std::uint64_t> targets;  ///< pictures of each label
    std::uint64_t labelled = 0;
    Named unlabelled;  ///< pictures without a label
    Named missing;     ///< entries of the list for which there is no picture, in the order of its lines
};

/// Goes through all inputs without decoding one. What cannot be listed is neither labelled nor
/// unlabelled.
TargetSurvey survey(const NextInput& next_input, const PictureTargets& targets);

}  // namespace imnet
