#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

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
///
/// Where `draft_short_side` is not 0, a JPEG is decoded at 1/8, 1/4 or 1/2, the first of these whose short
/// side has at least that many pixels, into the bytes that Pillow gives after `Image.draft` to the same
/// scale. Needs libjpeg-turbo: see `jpeg_has_draft`.
///
/// `memory`, the pixels of a picture that is done with, is used again where it is large enough: to get
/// fresh memory from the system takes nearly as long as to decode a large JPEG into it.
Expected<DecodedImage> decode(std::span<const std::byte> bytes, const DecodeLimits& limits = {},
                              int draft_short_side = 0, std::vector<std::uint8_t> memory = {});

}  // namespace imnet
