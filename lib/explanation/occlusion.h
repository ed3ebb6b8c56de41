// The slow check of Grad-CAM: hide a part of the picture and see what that costs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engines/engine.h"
#include "explanation/explanation.h"

namespace imnet {

struct OcclusionOptions {
    int classes = 1000;  ///< outputs of the net
    int side = 224;      ///< of the prepared picture
    int patch = 56;      ///< side of the patch, in its pixels
    int stride = 16;     ///< from one place of the patch to the next, at most
    int batch = 8;
    int threads = 1;
};

/// Occlusion (Zeiler and Fergus 2013, arXiv:1311.2901): a patch of the recipe's mean colour, a grey, is
/// slid over a prepared picture in the engine's pixel format; the heat of the cell that it is centred on
/// is the class's loss of probability, 0 where that rises. At the borders a part of the patch lies
/// outside. Without a class it is the most probable.
ClassHeat occlusion(const Engine& engine, const OcclusionOptions& options, std::span<const std::byte> pixels,
                    std::optional<int> class_index);

}  // namespace imnet
