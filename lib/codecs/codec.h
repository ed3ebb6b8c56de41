// The values that every codec takes and returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/errors.h"
#include "codecs/image.h"

namespace imnet {

/// What becomes of a damaged picture.
enum class DamagePolicy {
    refuse,     ///< it is an error
    as_pillow,  ///< it is decoded if Pillow decodes it by default, to the same pixels
    keep        ///< it is decoded if Pillow does with LOAD_TRUNCATED_IMAGES, to the same pixels
};

/// What a decoder accepts.
struct DecodeLimits {
    /// Checked against the size in the header, before memory for the pixels is allocated.
    std::uint64_t max_pixels = 200'000'000;
    DamagePolicy damage = DamagePolicy::as_pillow;
};

/// Columns first … end of a picture; `end` is not one of them.
struct ColumnRange {
    int first = 0;
    int end = 0;
};

/// What is wrong with a picture whose pixels are decoded as far as they can be.
struct Damage {
    std::string message;        ///< as an error says it: "truncated PNG: 3 of 20 rows"
    bool pillow_reads = false;  ///< whether Pillow decodes it by default
};

/// Pixels as the file stores them, and how to turn them.
struct DecodedImage {
    Image image;
    int orientation = 1;      ///< EXIF, 1 to 8
    int left_out_before = 0;  ///< columns of the stored picture to the left of `image` that were not decoded
    int left_out_after = 0;   ///< and to its right
    std::optional<Damage> damage = {};
};

}  // namespace imnet
