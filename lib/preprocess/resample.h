#pragma once

#include <cstdint>

#include "codecs/codec.h"
#include "kernels/resample_passes.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// The wanted part of a resized picture: columns left … left + width, rows top … top + height. Resizing a
/// strip of 1×4000 pixels gives a million rows, and a longer one more than 2³¹, so offsets have 64 bits.
struct Window {
    std::int64_t left = 0;
    std::int64_t top = 0;
    int width = 0;
    int height = 0;
};

/// How a picture is stored: turned (EXIF, 1 to 8), and without some columns at its sides.
struct StoredAs {
    int orientation = 1;
    int left_out_before = 0;
    int left_out_after = 0;
};

/// The part `window` of `image` resized to `width` × `height`, with the same bytes as Pillow's `Image.resize`
/// (two passes over uint8 with 22-bit fixed-point weights; for `nearest`, one pixel for each). Only the rows
/// and columns of the window are computed, so time and memory depend on the window and not on the resized
/// picture. The image is not empty, and the window is inside the result. For a turned picture the result is
/// the same as after `orient`, without a turned copy; sizes and window are those of the whole upright
/// picture. Columns that were left out must not be needed.
Image resize(const Image& image, std::int64_t width, std::int64_t height, Interpolation interpolation,
             const Window& window, const StoredAs& stored = {});

/// The weights of outputs first_output … first_output + outputs when `input_size` samples are resized to
/// `output_size`, as Pillow's precompute_coeffs and normalize_coeffs_8bpc make them, and for `nearest` its
/// ImagingScaleAffine.
AxisWeights axis_weights(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                         Interpolation interpolation);

/// The inputs from which some outputs are computed, when `input_size` samples are resized to `output_size`.
ColumnRange inputs_needed(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                          Interpolation interpolation);

}  // namespace imnet
