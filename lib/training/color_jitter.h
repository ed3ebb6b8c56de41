// The four adjustments of torchvision's ColorJitter, as Pillow computes them: equal byte for byte.
#pragma once

#include "codecs/image.h"

namespace imnet {

/// `adjust_brightness(image, factor)`: mixed with black, factor 0 or more; 1 changes nothing.
void adjust_brightness(Image& image, double factor);

/// `adjust_contrast(image, factor)`: mixed with its mean grey.
void adjust_contrast(Image& image, double factor);

/// `adjust_saturation(image, factor)`: mixed with its greyscale version.
void adjust_saturation(Image& image, double factor);

/// `adjust_hue(image, turn)`: hues are turned by -0.5 … 0.5 of the colour circle.
void adjust_hue(Image& image, double turn);

}  // namespace imnet
