// The interface between the program and the modules of its engines (base/loaded_module.h).
#pragma once

#include <optional>
#include <span>

#include "base/loaded_module.h"
#include "engines/engine.h"
#include "engines/grad_cam.h"
#include "engines/trainer.h"

namespace imnet {

/// Types and names of the functions that a module exports. Only libtorch's module has the last two. The
/// caller owns the returned objects.
using OpenEngine = Engine*(const Architecture&, const Parameters&, const EngineOptions&);
inline constexpr char open_engine_symbol[] = "imnet_open_engine";
using OpenTrainer = Trainer*(const Architecture&, const Parameters&, const TrainerOptions&);
inline constexpr char open_trainer_symbol[] = "imnet_open_trainer";
using ComputeGradCam = void(const Architecture&, const Parameters&, const GradCamOptions&,
                            std::span<const float>, std::optional<int>, GradCam& result);
inline constexpr char grad_cam_symbol[] = "imnet_grad_cam";

/// A function of an engine's module. Loads the module at the first call. Throws ModelError if that fails.
void* module_function(EngineKind kind, const char* symbol);

}  // namespace imnet
