// The seam between the program and the module that holds libtorch.
#pragma once

#include "engines/engine.h"

namespace imnet {

/// Type and name of the one function that the module shows. The caller owns the engine.
using OpenTorchEngine = Engine*(const Architecture&, const Parameters&, Device);
inline constexpr char open_torch_engine_symbol[] = "imnet_open_torch_engine";

}  // namespace imnet
