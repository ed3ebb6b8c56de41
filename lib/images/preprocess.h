#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "images/image.h"

namespace imnet {

enum class Interpolation { bilinear, bicubic };

/// The recipe of a set of weights: resize the short side, crop the centre, scale to 0…1, normalise.
struct Preprocessing {
    int resize = 232;
    int crop = 224;
    Interpolation interpolation = Interpolation::bilinear;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};

    bool operator==(const Preprocessing&) const = default;
};

/// Number of floats that `preprocess` writes: 3 · crop · crop.
std::size_t preprocessed_size(const Preprocessing& recipe);

/// [height, width, 3] uint8 → [3, crop, crop] float32, equal bit for bit to torchvision's
/// `ImageClassification` transform (and timm's, for bicubic) over a PIL image.
void preprocess(const Image& image, const Preprocessing& recipe, std::span<float> out);

}  // namespace imnet
