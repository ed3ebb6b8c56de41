// A spine: read → decode → preprocess → explain → draw.
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

/// Finds the heat of a class over a prepared picture.
using FindHeat = std::function<ClassHeat(std::span<const std::byte> pixels)>;

struct ExplainOptions {
    Preprocessing preprocessing;
    PixelFormat pixel_format = PixelFormat::interleaved_float32;  ///< that `FindHeat` takes
    DecodeLimits limits;
};

struct ExplainedPicture {
    Explanation explanation;
    Image drawing;  ///< the upright photograph with its heat, its longest side 1024 pixels at most
};

/// Explains one picture. What is wrong with it is a value, what is wrong with the net an exception.
Expected<ExplainedPicture> explain(Input input, const ExplainOptions& options, const FindHeat& find_heat);

}  // namespace imnet
