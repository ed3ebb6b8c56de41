#pragma once

#include <string>
#include <string_view>

#include "engines/heat_map.h"
#include "models/class_names.h"
#include "preprocess/preprocessing.h"
#include "rows/top_k.h"

namespace imnet {

/// The probability of a class, and the parts of the preprocessed picture that speak for it.
struct ClassHeat {
    Prediction prediction;
    HeatMap heat;
};

/// The explanation of a file.
struct Explanation {
    std::string path;
    ClassHeat of_class;
    int width = 0;  ///< of the upright photograph
    int height = 0;
    Region crop;  ///< the part of it that the heat covers
};

/// Text for people: the path, the class, and where the heat is, in pixels of the photograph.
std::string explanation_text(const Explanation& explanation, const ClassNames& class_names);

/// A JSON object on one line: "path", "class" as in rows, "method", "width" and "height" of the upright
/// photograph, "crop" [left, top, width, height], "centre" and "hottest" [x, y] in its pixels (null if
/// nothing speaks for the class), and "heat", the rows of cells, which cover the crop evenly.
std::string explanation_json(const Explanation& explanation, const ClassNames& class_names,
                             std::string_view method);

}  // namespace imnet
