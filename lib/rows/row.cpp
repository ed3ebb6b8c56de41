#include "rows/row.h"

#include <algorithm>

namespace imnet {

bool holds_class(const Row& row, std::span<const int> wanted) {
    if (!row.top) return false;
    return std::any_of(row.top->begin(), row.top->end(), [&](const Prediction& prediction) {
        return std::find(wanted.begin(), wanted.end(), prediction.index) != wanted.end();
    });
}

}  // namespace imnet
