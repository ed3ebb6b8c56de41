// The seam between the program and the modules that hold an engine's library.
#pragma once

#include <optional>
#include <span>

#include "engines/engine.h"
#include "engines/grad_cam.h"
#include "engines/trainer.h"

namespace imnet {

/// Types and names of the functions that a module shows; training and Grad-CAM only libtorch's. The
/// caller owns what they make.
using OpenEngine = Engine*(const Architecture&, const Parameters&, const EngineOptions&);
inline constexpr char open_engine_symbol[] = "imnet_open_engine";
using OpenTrainer = Trainer*(const Architecture&, const Parameters&, const TrainerOptions&);
inline constexpr char open_trainer_symbol[] = "imnet_open_trainer";
using ComputeGradCam = void(const Architecture&, const Parameters&, const GradCamOptions&,
                            std::span<const float>, std::optional<int>, GradCam& result);
inline constexpr char grad_cam_symbol[] = "imnet_grad_cam";

/// How a module declares them.
#define IMNET_MODULE_FUNCTION extern "C" __attribute__((visibility("default")))

/// A function of the module of that kind, which is loaded if it is not yet. Throws ModelError.
void* module_function(EngineKind kind, const char* symbol);

}  // namespace imnet
