#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/errors.h"
#include "codecs/image.h"

namespace imnet {

struct DecodeLimits {
    /// Checked against the size that the header states, before memory for the pixels is taken.
    std::uint64_t max_pixels = 200'000'000;
};

/// Pixels as they are stored, and how they are to be turned (EXIF, 1 to 8).
struct DecodedImage {
    Image image;
    int orientation = 1;
    int left_out_before = 0;  ///< columns of the stored picture that lie left of the image
    int left_out_after = 0;   ///< and right of it: only where JpegOptions::columns asked for less
};

/// Columns first … end of a picture.
struct ColumnRange {
    int first = 0;
    int end = 0;
};

/// What spares work on JPEG with libjpeg-turbo (see `jpeg_has_options`); all else decodes the whole.
struct JpegOptions {
    /// If not 0, decode at 1/8, 1/4 or 1/2, the first of these whose short side has at least that many
    /// pixels, into the bytes that Pillow gives after `Image.draft` to the same scale.
    int draft_short_side = 0;

    /// Says of a stored picture which columns will be looked at; the others may be left out.
    std::function<ColumnRange(int width, int height, int orientation)> columns = {};

    /// The pixels of a picture that is done with, used again where they are large enough: to get fresh
    /// memory from the system takes nearly as long as to decode a large picture into it.
    std::vector<std::uint8_t> memory = {};
};

/// Decodes JPEG, PNG, WebP, GIF (first frame), BMP, TGA or PNM into the RGB bytes that Pillow's
/// `Image.open(f).convert("RGB")` gives. The format is told by the bytes, never by a file name.
/// Errors: `format` (not a picture that is served), `decode` (damaged or cut), `limits`.
Expected<DecodedImage> decode(std::span<const std::byte> bytes, const DecodeLimits& limits = {},
                              JpegOptions jpeg = {});

}  // namespace imnet
