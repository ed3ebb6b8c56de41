// What counts in a picture, and how it is shown.
#pragma once

#include <vector>

#include "codecs/image.h"
#include "preprocess/preprocess.h"

namespace imnet {

/// How much each cell of an even grid over a picture counts: [height, width], 0 for not at all.
struct HeatMap {
    int width = 0;
    int height = 0;
    std::vector<float> values;

    float largest() const;
};

/// A place, in parts of the width from the left and of the height from the top.
struct Place {
    double x = 0;
    double y = 0;
};

/// The middle of the hottest cell; of equals the first. The map is not empty.
Place hottest(const HeatMap& heat);

/// The centre of mass. Some cell is above 0.
Place heat_centre(const HeatMap& heat);

/// The upright photograph in grey. Over `crop`, what the net saw, lies the heat in colours that run
/// evenly from black (0) over red to light yellow (the largest); around it the photograph is darker.
Image draw_heat(const Image& photograph, const Region& crop, const HeatMap& heat);

}  // namespace imnet
