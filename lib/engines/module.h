// The seam between the program and the modules that hold an engine's library.
#pragma once

#include "engines/engine.h"

namespace imnet {

/// Type and name of the one function that every module shows. The caller owns the engine.
using OpenEngine = Engine*(const Architecture&, const Parameters&, const EngineOptions&);
inline constexpr char open_engine_symbol[] = "imnet_open_engine";

/// How a module declares it.
#define IMNET_ENGINE_MODULE extern "C" __attribute__((visibility("default"))) imnet::Engine*

}  // namespace imnet
