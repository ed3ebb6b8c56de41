// How a picture is prepared for a net, as plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace imnet {

/// The filters of Pillow's `Image.resize`.
enum class Interpolation { nearest, box, bilinear, hamming, bicubic, lanczos };

/// "bilinear", and so on: the name in torchvision and timm.
std::string_view name(Interpolation interpolation);

/// The interpolation of that name; nothing for any other name.
std::optional<Interpolation> parse_interpolation(std::string_view name);

/// Which sides are resized. `center` and `border` keep the proportions: `center` gives the short side its
/// length, `border` the long side, and the other side follows. `squash` gives both sides that length. The
/// names are those of timm's crop modes.
enum class CropMode { center, squash, border };

/// "center", "squash" or "border".
std::string_view name(CropMode crop_mode);

/// The crop mode of that name; nothing for any other name.
std::optional<CropMode> parse_crop_mode(std::string_view name);

/// Where a crop starts if it is not an even number of pixels smaller or larger than the picture: at half the
/// difference, rounded half to even and padded with one zero less before than after (torchvision, timm), or
/// rounded down (transformers).
enum class CropStart { rounded_half_to_even, rounded_down };

/// The transforms that a set of weights was trained for: resize, crop the centre, scale to 0…1, normalise.
struct Preprocessing {
    int short_side =
        232;  ///< after resizing; of both sides if they are squashed, of the long one with a border
    int image_size = 224;  ///< of the square crop, which the net sees
    Interpolation interpolation = Interpolation::bilinear;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};
    CropMode crop_mode = CropMode::center;
    CropStart crop_start = CropStart::rounded_half_to_even;

    bool operator==(const Preprocessing&) const = default;
};

/// What is done to the size of a picture: "resize 232, crop 224, bilinear", "resize 224x224, crop 224,
/// nearest" for one that is squashed, or "resize long side 224, crop 224, bilinear" for one with a border,
/// with "crop rounded down" where the crop starts so.
std::string describe_size(const Preprocessing& preprocessing);

/// The same, with mean and standard deviation: all of it.
std::string describe(const Preprocessing& preprocessing);

/// The bytes of what lies around a picture that is smaller than the crop: black, as torchvision's CenterCrop
/// pads, or with `CropMode::border` the mean colour, rounded half to even, as timm pads.
std::array<std::uint8_t, 3> padding_color(const Preprocessing& preprocessing);

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
