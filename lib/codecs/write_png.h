#pragma once

#include <string>

#include "codecs/image.h"

namespace imnet {

/// The bytes of a PNG file of 8-bit RGB. Equal pictures give equal bytes.
std::string png_bytes(const Image& image);

}  // namespace imnet
