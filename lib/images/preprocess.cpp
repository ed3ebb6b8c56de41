#include "images/preprocess.h"

#include <algorithm>
#include <cassert>
#include <cstdint>

#include "images/resize.h"

namespace imnet {
namespace {

/// One axis of torchvision's `center_crop`: which part of the resized picture is taken, and how many
/// zeros come before it where the picture is smaller than the crop.
struct AxisCrop {
    std::int64_t start = 0;
    int length = 0;
    int padding = 0;
};

AxisCrop center_crop(std::int64_t size, int crop) {
    if (size < crop) return {0, static_cast<int>(size), static_cast<int>((crop - size) / 2)};
    // Python's int(round(spare / 2.0)) rounds a half to the even neighbour.
    const std::int64_t spare = size - crop;
    const std::int64_t start = spare / 2 + (spare % 4 == 3 ? 1 : 0);
    return {start, crop, 0};
}

/// The long side as torchvision computes it: divided in double, then truncated.
std::int64_t long_side(int resize, int long_edge, int short_edge) {
    return static_cast<std::int64_t>(static_cast<double>(static_cast<std::int64_t>(resize) * long_edge) /
                                     static_cast<double>(short_edge));
}

/// What each of the 256 byte values becomes: the operations of PyTorch, in its order and in float.
std::array<float, 256> normalised_values(float mean, float std) {
    std::array<float, 256> values{};
    for (int byte = 0; byte < 256; ++byte) {
        values[byte] = (static_cast<float>(byte) / 255.0F - mean) / std;
    }
    return values;
}

}  // namespace

std::size_t preprocessed_size(const Preprocessing& recipe) {
    return std::size_t{3} * recipe.crop * recipe.crop;
}

void preprocess(const Image& image, const Preprocessing& recipe, std::span<float> out) {
    assert(out.size() == preprocessed_size(recipe));
    const bool portrait = image.width <= image.height;
    const std::int64_t width = portrait ? recipe.resize : long_side(recipe.resize, image.width, image.height);
    const std::int64_t height =
        portrait ? long_side(recipe.resize, image.height, image.width) : recipe.resize;
    const AxisCrop columns = center_crop(width, recipe.crop);
    const AxisCrop rows = center_crop(height, recipe.crop);
    const Image resized = resize(image, width, height, recipe.interpolation,
                                 {columns.start, rows.start, columns.length, rows.length});

    // [rows, columns, 3] → [3, crop, crop]
    const std::size_t plane = static_cast<std::size_t>(recipe.crop) * recipe.crop;
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const auto values = normalised_values(recipe.mean[channel], recipe.std[channel]);
        const std::span<float> target = out.subspan(channel * plane, plane);
        if (resized.rgb.size() != plane * 3) std::ranges::fill(target, values[0]);  // padding is black
        for (int y = 0; y < resized.height; ++y) {
            const std::uint8_t* pixel = resized.row(y) + channel;
            float* row =
                target.data() + static_cast<std::size_t>(rows.padding + y) * recipe.crop + columns.padding;
            for (int x = 0; x < resized.width; ++x) row[x] = values[pixel[std::size_t{3} * x]];
        }
    }
}

}  // namespace imnet
