#pragma once

#include <cstdint>

#include "codecs/codec.h"
#include "kernels/resample_passes.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// The part of a resized picture that is wanted: columns left … left + width, rows top … top + height.
/// A strip of 1×4000 pixels grows to a million rows, a longer one past 2³¹, so offsets have 64 bits.
struct Window {
    std::int64_t left = 0;
    std::int64_t top = 0;
    int width = 0;
    int height = 0;
};

/// How a picture lies in memory: turned (EXIF, 1 to 8), and without some columns at its sides.
struct StoredAs {
    int orientation = 1;
    int left_out_before = 0;
    int left_out_after = 0;
};

/// What `window` of `image` resized to `width` × `height` holds, byte for byte as Pillow's
/// `Image.resize` computes it (two passes over uint8 with 22-bit fixed-point coefficients). Only
/// the rows and columns that the window needs are computed, so time and memory follow the window
/// and not the resized picture. The image is not empty and the window lies inside the result.
/// Stored otherwise, it gives what `orient` of the whole would give, without a turned copy; the sizes
/// and the window are those of the upright whole. The columns left out are not among those needed.
Image resize(const Image& image, std::int64_t width, std::int64_t height, Interpolation interpolation,
             const Window& window, const StoredAs& stored = {});

/// The weights of outputs first_output … first_output + outputs when `input_size` samples are
/// resized to `output_size`, as Pillow's precompute_coeffs and normalize_coeffs_8bpc make them.
AxisWeights axis_weights(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                         Interpolation interpolation);

/// Of `input_size` samples resized to `output_size`, those that some of the outputs are made from.
ColumnRange inputs_needed(int input_size, std::int64_t output_size, std::int64_t first_output, int outputs,
                          Interpolation interpolation);

}  // namespace imnet
