#pragma once

#include <string>

#include "codecs/image.h"

namespace imnet {

/// The bytes of a PNG file of 8-bit RGB, the same for the same picture.
std::string png_bytes(const Image& image);

}  // namespace imnet
