// The preprocessing that a user states with options, over the one of the model.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "preprocess/preprocessing.h"

namespace imnet {

/// What is stated. What is not set stays as the model has it.
struct StatedPreprocessing {
    std::optional<int> image_size = {};      ///< --size
    std::optional<int> short_side = {};      ///< --short-side
    std::optional<double> crop_pct = {};     ///< --crop-pct
    std::optional<CropMode> crop_mode = {};  ///< --fit; but for `center`, nothing is cropped without crop_pct
    std::optional<Interpolation> interpolation = {};  ///< --interpolation
    std::optional<std::array<float, 3>> mean = {};    ///< --mean
    std::optional<std::array<float, 3>> std = {};     ///< --std
};

/// The short side that belongs to an image size, in the model's own proportion, rounded to the nearest.
int proportional_short_side(const Preprocessing& own, int image_size);

/// Throws UsageError, which names the options, if they contradict each other or if pixels would not be
/// finite.
void check_stated(const StatedPreprocessing& stated);

/// The model's own preprocessing with what is stated. The short side is floor(size / crop_pct), as in timm,
/// or the one that is stated; else it keeps its proportion to the image size. A crop mode that is stated
/// crops as torchvision and timm do. Throws UsageError, as `check_stated` and for a short side of a model
/// whose pictures are not resized by their short side.
Preprocessing with_stated(const StatedPreprocessing& stated, const Preprocessing& own);

/// The names of the options that change `own`: "--size", "--mean".
std::vector<std::string> overriding(const StatedPreprocessing& stated, const Preprocessing& own);

}  // namespace imnet
