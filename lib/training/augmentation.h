#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codecs/image.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// What torchvision's training transforms are told; the names and the defaults are theirs.
struct Augmentation {
    int size = 224;  ///< of the result, in pixels
    Interpolation interpolation = Interpolation::bilinear;
    std::array<double, 2> scale{0.08, 1.0};         ///< of the crop's area to the picture's
    std::array<double, 2> ratio{3.0 / 4, 4.0 / 3};  ///< of the crop's width to its height
    double flip = 0.5;                              ///< the probability of a mirrored picture
    double brightness = 0;                          ///< ColorJitter's four; 0 is off, hue ends at 0.5
    double contrast = 0;
    double saturation = 0;
    double hue = 0;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};
};

/// An upright picture → [size, size, 3] float32, normalised: equal bit for bit to what
/// `Compose([RandomResizedCrop, RandomHorizontalFlip, ColorJitter, ToTensor, Normalize])` of torchvision
/// makes of it as a PIL image after `torch.manual_seed(seed)`, ColorJitter left out where it is off.
void augment(const Image& image, const Augmentation& augmentation, std::uint64_t seed, std::span<float> out);

/// A seed for the picture of that index in that epoch, mixed well in its low 32 bits too (`augment` uses
/// only these), so that what becomes of a picture depends on no thread and no order.
std::uint64_t sample_seed(std::uint64_t seed, std::uint64_t epoch, std::uint64_t index);

}  // namespace imnet
