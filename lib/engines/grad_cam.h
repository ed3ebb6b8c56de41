// Grad-CAM: which parts of a picture raise the logit of a class. It needs gradients, so it needs libtorch.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engines/engine.h"
#include "engines/heat_map.h"
#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

struct GradCamOptions {
    Device device;
    int threads = 1;
    int image_size = 224;
};

struct GradCam {
    std::vector<float> logits;
    int class_index = 0;
    HeatMap heat;  ///< as large as the last feature maps; 0 in cells that do not raise the logit
};

/// Grad-CAM (Selvaraju et al. 2016, arXiv:1610.02391) on the feature maps that the head averages:
/// relu(sum over maps of map · mean gradient of the logit with respect to the map), in float32.
/// `pixels` is one preprocessed picture, [image_size, image_size, 3]. Without `class_index`, explains the
/// class with the largest logit. Throws ModelError if libtorch or the device is not available, and
/// std::bad_alloc.
GradCam grad_cam(const Architecture& architecture, const Parameters& parameters,
                 const GradCamOptions& options, std::span<const float> pixels,
                 std::optional<int> class_index);

}  // namespace imnet
