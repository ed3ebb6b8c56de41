// Maps the targets of a data set, which are texts, to the classes of a model.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/class_names.h"

namespace imnet {

/// The meaning of a target that is a whole number. With `index` and `ilsvrc2012_id` a number is never the
/// name of a class; with the others it is one where a class has this name.
enum class Numbers {
    unstated,       ///< the meaning is not known, so such targets are refused
    maybe_index,    ///< a class index from 0; refused where other classes have numbers as names
    index,          ///< a class index from 0
    ilsvrc2012_id,  ///< an id of the development kit of ILSVRC 2012, from 1
};

/// The classes of the targets, and the targets that cannot be mapped.
struct ClassMapping {
    std::map<std::string, int, std::less<>> classes;  ///< target → class index
    std::size_t by_name = 0;                          ///< the number of targets that are class names,
    std::size_t by_wnid = 0;                          ///< WordNet ids,
    std::size_t by_index = 0;                         ///< indices,
    std::size_t by_id = 0;                            ///< ids of ILSVRC 2012
    std::vector<std::string> unknown;                 ///< targets that match no class
    std::vector<std::string> ambiguous;               ///< targets that match more than one class
    std::vector<std::string> unstated;                ///< numbers whose meaning is not stated

    /// "200 by wnid, 3 by name".
    std::string summary() const;
};

/// Finds the class of each target: the one with exactly this name or wnid; else the one whose name is equal
/// when case is ignored and _ and / count as spaces, as in names of folders; else by number.
ClassMapping map_targets(const ClassNames& model, const std::set<std::string>& targets, Numbers numbers);

}  // namespace imnet
