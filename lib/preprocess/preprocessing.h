// How a picture is prepared for a net, as plain values.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace imnet {

enum class Interpolation { bilinear, bicubic };

/// "bilinear" or "bicubic".
std::string_view name(Interpolation interpolation);

/// The interpolation of that name; nothing for any other name.
std::optional<Interpolation> parse_interpolation(std::string_view name);

/// The transforms that a set of weights was trained for: resize the short side, crop the centre, scale to
/// 0…1, normalise.
struct Preprocessing {
    int short_side = 232;  ///< after resizing
    int image_size = 224;  ///< of the square crop, which the net sees
    Interpolation interpolation = Interpolation::bilinear;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};

    bool operator==(const Preprocessing&) const = default;
};

/// A part of a picture, in fractions of its width and height. It may reach beyond the picture.
struct Region {
    double left = 0;
    double top = 0;
    double width = 1;
    double height = 1;
};

/// How an engine wants a picture in memory: planar is [3, image_size, image_size] (NCHW), interleaved is
/// [image_size, image_size, 3] (NHWC, channels last).
enum class PixelFormat { planar_float32, interleaved_float32, interleaved_bfloat16 };

}  // namespace imnet
