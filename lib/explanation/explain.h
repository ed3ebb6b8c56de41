// The pipeline of explain: read → decode → orient → preprocess → explain → draw.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "base/errors.h"
#include "codecs/codec.h"
#include "explanation/explanation.h"
#include "inputs/input.h"
#include "preprocess/preprocessing.h"

namespace imnet {

/// Computes the heat of a class over preprocessed pixels.
using FindHeat = std::function<ClassHeat(std::span<const std::byte> pixels)>;

struct ExplainOptions {
    Preprocessing preprocessing;
    PixelFormat pixel_format = PixelFormat::interleaved_float32;  ///< of the pixels for `FindHeat`
    DecodeLimits limits;
};

struct ExplainedPicture {
    Explanation explanation;
    Image drawing;  ///< the upright photograph with its heat, at most 1024 pixels wide and high
};

/// Explains one picture. An error of the picture is a value, an error of the net an exception.
Expected<ExplainedPicture> explain(Input input, const ExplainOptions& options, const FindHeat& find_heat);

}  // namespace imnet
