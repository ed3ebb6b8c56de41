#pragma once

#include <string>
#include <string_view>

#include "engines/heat_map.h"
#include "models/class_names.h"
#include "preprocess/preprocessing.h"
#include "rows/top_k.h"

namespace imnet {

/// How probable a class is, and which parts of the prepared picture speak for it.
struct ClassHeat {
    Prediction prediction;
    HeatMap heat;
};

/// The same of a file.
struct Explanation {
    std::string path;
    ClassHeat of_class;
    int width = 0;  ///< of the upright photograph
    int height = 0;
    Region crop;  ///< of it, that the heat covers
};

/// For people: the path, the class, and where in the photograph the heat is, in its pixels.
std::string explanation_text(const Explanation& explanation, const ClassNames& class_names);

/// One object on a line: "path", "class" as in rows, "method", "width" and "height" of the upright
/// photograph, "crop" [left, top, width, height], "centre" and "hottest" [x, y] in its pixels (null where
/// nothing speaks for the class), and "heat", rows of cells that cover the crop evenly.
std::string explanation_json(const Explanation& explanation, const ClassNames& class_names,
                             std::string_view method);

}  // namespace imnet
