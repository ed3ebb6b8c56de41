// Where a heat map is hottest, and how it is drawn over a photograph.
#pragma once

#include "codecs/image.h"
#include "engines/heat_map.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// A place, as fractions of the width from the left and of the height from the top.
struct Place {
    double x = 0;
    double y = 0;
};

/// The middle of the hottest cell, the first of several. The map is not empty.
Place hottest(const HeatMap& heat);

/// The centre of mass. At least one cell is above 0.
Place heat_centre(const HeatMap& heat);

/// The upright photograph in grey. The part `crop`, which the net saw, is overlaid with the heat, in colours
/// from black (0) over red to light yellow (the largest value). Outside the crop the photograph is darker.
Image draw_heat(const Image& photograph, const Region& crop, const HeatMap& heat);

}  // namespace imnet
