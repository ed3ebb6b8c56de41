#pragma once

#include <cstddef>
#include <span>

#include "codecs/codec.h"
#include "codecs/jpeg.h"
#include "codecs/jpeg_markers.h"

namespace imnet {

/// The pixels of a JPEG file, and how they are turned. Two sources implement it and a build holds one of
/// them: jpeg_turbo.cpp, or jpeg_stb.cpp where IMNET_JPEG is off.
Expected<DecodedImage> decode_jpeg_pixels(std::span<const std::byte> bytes, const JpegMarkers& markers,
                                          const DecodeLimits& limits, JpegOptions options);

/// Whether the pixels equal Pillow's in every byte.
extern const bool jpeg_pixels_are_exact;

}  // namespace imnet
