#include "preprocess/preprocessing.h"

namespace imnet {

std::string_view name(Interpolation interpolation) {
    return interpolation == Interpolation::bicubic ? "bicubic" : "bilinear";
}

std::optional<Interpolation> parse_interpolation(std::string_view name) {
    if (name == "bilinear") return Interpolation::bilinear;
    if (name == "bicubic") return Interpolation::bicubic;
    return std::nullopt;
}

}  // namespace imnet
