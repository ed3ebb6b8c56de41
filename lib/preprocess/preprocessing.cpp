#include "preprocess/preprocessing.h"

#include <fmt/format.h>

namespace imnet {

std::string_view name(Interpolation interpolation) {
    switch (interpolation) {
        case Interpolation::nearest: return "nearest";
        case Interpolation::bilinear: return "bilinear";
        case Interpolation::bicubic: return "bicubic";
    }
    return "";
}

std::optional<Interpolation> parse_interpolation(std::string_view name) {
    for (const auto one : {Interpolation::nearest, Interpolation::bilinear, Interpolation::bicubic})
        if (imnet::name(one) == name) return one;
    return std::nullopt;
}

std::string_view name(CropMode crop_mode) { return crop_mode == CropMode::squash ? "squash" : "center"; }

std::optional<CropMode> parse_crop_mode(std::string_view name) {
    for (const auto one : {CropMode::center, CropMode::squash})
        if (imnet::name(one) == name) return one;
    return std::nullopt;
}

std::string describe_size(const Preprocessing& preprocessing) {
    const std::string side = std::to_string(preprocessing.short_side);
    return fmt::format("resize {}, crop {}, {}{}",
                       preprocessing.crop_mode == CropMode::squash ? side + "x" + side : side,
                       preprocessing.image_size, name(preprocessing.interpolation),
                       preprocessing.crop_start == CropStart::rounded_down ? ", crop rounded down" : "");
}

}  // namespace imnet
