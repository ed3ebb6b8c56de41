// What the labels of a data set mean among a model's classes.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/class_names.h"

namespace imnet {

/// What a label means that is a whole number, where no class is called so. `index` and `ilsvrc2012_id`
/// state it: then a number is never a name.
enum class Numbers {
    unstated,       ///< it may mean anything: it is refused
    maybe_index,    ///< the model's index, from 0; refused where other classes are called by numbers
    index,          ///< the model's index, from 0
    ilsvrc2012_id,  ///< the id in the development kit of ILSVRC 2012, from 1
};

/// The classes that labels mean, and the labels that cannot be told.
struct ClassMapping {
    std::map<std::string, int, std::less<>> classes;  ///< label → index
    std::size_t by_name = 0;                          ///< how many labels are names,
    std::size_t by_wnid = 0;                          ///< WordNet ids,
    std::size_t by_index = 0;                         ///< indices,
    std::size_t by_id = 0;                            ///< ids of ILSVRC 2012
    std::vector<std::string> unknown;                 ///< labels that no class has
    std::vector<std::string> ambiguous;               ///< labels that more than one class has
    std::vector<std::string> unstated;                ///< numbers of which nobody says what they mean

    /// "200 by wnid, 3 by name".
    std::string summary() const;
};

/// Finds the class of each label: that of this exact name or wnid; else of this name but for case,
/// where _ and / are as good as spaces, as in names of folders; else by number.
ClassMapping map_targets(const ClassNames& model, const std::set<std::string>& labels, Numbers numbers);

}  // namespace imnet
