// Where a net looks for a class. It needs gradients, so only libtorch can.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engines/engine.h"
#include "explanation/heat_map.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

struct GradCamOptions {
    Device device;
    int threads = 1;
    int height = 224;  ///< of the picture
    int width = 224;
};

struct GradCam {
    std::vector<float> logits;
    int class_index = 0;
    HeatMap heat;  ///< as large as the last feature maps; 0 where nothing speaks for the class
};

/// Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391) on the feature maps that the head averages, in
/// float32: relu of their sum, each weighted by the mean gradient of the class's logit. `pixels` is
/// [height, width, 3], normalised; without a class it is the most probable. Throws ModelError where
/// libtorch or the device cannot be had, std::bad_alloc.
GradCam grad_cam(const Architecture& architecture, const Parameters& parameters,
                 const GradCamOptions& options, std::span<const float> pixels,
                 std::optional<int> class_index);

}  // namespace imnet
