#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/errors.h"
#include "images/image.h"

namespace imnet {

struct DecodeLimits {
    /// Checked against the size that the header states, before memory for the pixels is taken.
    std::uint64_t max_pixels = 200'000'000;
};

/// Pixels as they are stored, and how they are to be turned (EXIF, 1 to 8).
struct DecodedImage {
    Image image;
    int orientation = 1;
};

/// Decodes JPEG, PNG, WebP, GIF (first frame), BMP, TGA or PNM into the RGB bytes that Pillow's
/// `Image.open(f).convert("RGB")` gives. The format is told by the bytes, never by a file name.
/// Errors: `format` (not a picture that is served), `decode` (damaged or cut), `limits`.
Expected<DecodedImage> decode(std::span<const std::byte> bytes, const DecodeLimits& limits = {});

}  // namespace imnet
