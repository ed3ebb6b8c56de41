#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "codecs/codec.h"

namespace imnet {

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

/// Decodes a JPEG file with libjpeg-turbo as Pillow drives it (accurate integer DCT, smooth
/// upsampling), or, in a build without it, with stb_image: other rounding, no arithmetic coding.
/// Progressive files may have as many scans as real encoders write, not as many as an attacker would.
Expected<DecodedImage> decode_jpeg(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                   JpegOptions options = {});

/// Whether JpegOptions are served; a build without libjpeg-turbo ignores them.
extern const bool jpeg_has_options;

/// The largest of 8, 4 and 2 whose part of the picture, ⌈width/scale⌉ × ⌈height/scale⌉, has a short side
/// of at least `short_side` pixels; 1 where none has, or `short_side` is 0.
int jpeg_draft_scale(std::uint32_t width, std::uint32_t height, int short_side);

}  // namespace imnet
