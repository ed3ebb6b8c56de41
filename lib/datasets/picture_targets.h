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

/// The targets of the pictures of a data set, from their folders or from a list.
class PictureTargets {
public:
    /// The target of a picture is the name of its first folder below `folder` (or of the archive, without its
    /// ending).
    explicit PictureTargets(std::string folder);

    PictureTargets(std::string folder, TargetList list);

    /// Nothing for a picture that is directly in `folder` or not in the list.
    std::optional<std::string> target_of(std::string_view path) const;

    /// Null where the targets come from folders.
    const TargetList* list() const { return list_ ? &*list_ : nullptr; }

    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    std::optional<TargetList> list_;
};

/// A count of things, and the names of the first ones, for messages.
struct Named {
    static constexpr std::size_t most = 3;

    std::uint64_t count = 0;
    std::vector<std::string> first;

    void add(std::string_view name);
};

/// What is known about a data set from the paths of its pictures.
struct TargetSurvey {
    std::map<std::string, std::uint64_t> targets;  ///< the number of pictures of each target
    std::uint64_t labelled = 0;
    Named unlabelled;  ///< pictures without a target
    Named missing;     ///< entries of the list without a picture, in the order of the list
};

/// Looks at the paths of all inputs and reads no picture. Inputs that could not be listed do not count.
TargetSurvey survey(const NextInput& next_input, const PictureTargets& targets);

}  // namespace imnet
