#include "checkpoints/averaged_names.h"

#include <algorithm>
#include <array>

namespace imnet {

bool names_average(std::string_view name) {
    constexpr std::array words{"ema",    "average",  "averaged", "avg", "averaging", "swa", "teacher",
                               "target", "momentum", "key",      "k",   "mean",      "slow"};
    while (!name.empty()) {
        const std::size_t end = std::min(name.find_first_of("._"), name.size());
        if (std::find(words.begin(), words.end(), name.substr(0, end)) != words.end()) return true;
        name.remove_prefix(std::min(end + 1, name.size()));
    }
    return false;
}

}  // namespace imnet
