// A slow check of Grad-CAM: hide a part of the picture and measure how much less probable the class is.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engines/engine.h"
#include "explanation/explanation.h"

namespace imnet {

struct OcclusionOptions {
    int classes = 1000;    ///< outputs of the net
    int image_size = 224;  ///< of the preprocessed picture
    int patch = 56;        ///< side of the patch, in pixels
    int stride = 16;       ///< the distance from one place of the patch to the next, at most
    int batch = 8;
    int threads = 1;
    OutputActivation activation = OutputActivation::softmax;
};

/// Occlusion (Zeiler and Fergus 2013, arXiv:1311.2901): a patch of the mean colour, a grey, is moved over a
/// preprocessed picture in the engine's pixel format. The heat of the cell at its centre is how much less
/// probable the class becomes, 0 if it becomes more probable. At the borders a part of the patch is outside.
/// Without `class_index`, the class is the most probable one.
ClassHeat occlusion(const Engine& engine, const OcclusionOptions& options, std::span<const std::byte> pixels,
                    std::optional<int> class_index);

}  // namespace imnet
