#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "codecs/image.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// The settings of torchvision's training transforms, with their names and defaults.
struct Augmentation {
    int size = 224;  ///< of the result, in pixels
    Interpolation interpolation = Interpolation::bilinear;
    std::array<double, 2> scale{0.08, 1.0};         ///< area of the crop divided by that of the picture
    std::array<double, 2> ratio{3.0 / 4, 4.0 / 3};  ///< width of the crop divided by its height
    double flip = 0.5;                              ///< probability that the picture is mirrored
    double brightness = 0;  ///< ColorJitter's four settings; 0 is off, hue is at most 0.5
    double contrast = 0;
    double saturation = 0;
    double hue = 0;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};
    std::array<float, 3> std{0.229F, 0.224F, 0.225F};
};

/// An upright picture → [size, size, 3] float32, normalised. The result is equal bit for bit to that of
/// torchvision's `Compose([RandomResizedCrop, RandomHorizontalFlip, ColorJitter, ToTensor, Normalize])` for a
/// PIL image after `torch.manual_seed(seed)`; without ColorJitter where it is off.
void augment(const Image& image, const Augmentation& augmentation, std::uint64_t seed, std::span<float> out);

/// A seed for a picture, given its index and the epoch, so that its augmentation does not depend on threads
/// or order. The low 32 bits, which are all that `augment` uses, are mixed well, too.
std::uint64_t sample_seed(std::uint64_t seed, std::uint64_t epoch, std::uint64_t index);

}  // namespace imnet
