#include "preprocess/preprocessing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace imnet {
namespace {

std::string resized_to(const Preprocessing& preprocessing) {
    const std::string side = std::to_string(preprocessing.short_side);
    switch (preprocessing.crop_mode) {
        case CropMode::center: return side;
        case CropMode::squash: return side + "x" + side;
        case CropMode::border: return "long side " + side;
    }
    return "";
}

}  // namespace

std::string_view name(Interpolation interpolation) {
    switch (interpolation) {
        case Interpolation::nearest: return "nearest";
        case Interpolation::box: return "box";
        case Interpolation::bilinear: return "bilinear";
        case Interpolation::hamming: return "hamming";
        case Interpolation::bicubic: return "bicubic";
        case Interpolation::lanczos: return "lanczos";
    }
    return "";
}

std::optional<Interpolation> parse_interpolation(std::string_view name) {
    for (const auto one : {Interpolation::nearest, Interpolation::box, Interpolation::bilinear,
                           Interpolation::hamming, Interpolation::bicubic, Interpolation::lanczos})
        if (imnet::name(one) == name) return one;
    return std::nullopt;
}

std::string_view name(CropMode crop_mode) {
    switch (crop_mode) {
        case CropMode::center: return "center";
        case CropMode::squash: return "squash";
        case CropMode::border: return "border";
    }
    return "";
}

std::optional<CropMode> parse_crop_mode(std::string_view name) {
    for (const auto one : {CropMode::center, CropMode::squash, CropMode::border})
        if (imnet::name(one) == name) return one;
    return std::nullopt;
}

std::string describe_size(const Preprocessing& preprocessing) {
    return fmt::format("resize {}, crop {}, {}{}", resized_to(preprocessing), preprocessing.image_size,
                       name(preprocessing.interpolation),
                       preprocessing.crop_start == CropStart::rounded_down ? ", crop rounded down" : "");
}

std::string describe(const Preprocessing& preprocessing) {
    return fmt::format("{}, mean {}, std {}", describe_size(preprocessing),
                       fmt::join(preprocessing.mean, " "), fmt::join(preprocessing.std, " "));
}

std::array<std::uint8_t, 3> padding_color(const Preprocessing& preprocessing) {
    std::array<std::uint8_t, 3> color{};
    if (preprocessing.crop_mode != CropMode::border) return color;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        // Python computes with the double that was typed: 255 * 0.3 is exactly 76.5, and with a float it is
        // not.
        const double mean = std::strtod(fmt::format("{}", preprocessing.mean[channel]).c_str(), nullptr);
        color[channel] = static_cast<std::uint8_t>(std::clamp(std::nearbyint(255 * mean), 0.0, 255.0));
    }
    return color;
}

}  // namespace imnet
