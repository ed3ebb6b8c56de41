#pragma once

#include <algorithm>
#include <vector>

namespace imnet {

/// How much each cell of an even grid over a picture counts for a class: [height, width], 0 for not at all.
struct HeatMap {
    int width = 0;
    int height = 0;
    std::vector<float> values;

    /// The largest value. The map is not empty.
    float largest() const { return *std::max_element(values.begin(), values.end()); }
};

}  // namespace imnet
