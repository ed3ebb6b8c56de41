#include "engines/grad_cam.h"

#include "engines/module.h"

namespace imnet {

GradCam grad_cam(const Architecture& architecture, const Parameters& parameters,
                 const GradCamOptions& options, std::span<const float> pixels,
                 std::optional<int> class_index) {
    auto* compute = reinterpret_cast<ComputeGradCam*>(module_function(EngineKind::torch, grad_cam_symbol));
    GradCam result;
    compute(architecture, parameters, options, pixels, class_index, result);
    return result;
}

}  // namespace imnet
