#pragma once

#include "cli/options.h"
#include "engines/engine.h"

namespace imnet::app {

/// The options of the engine, except for the size and number of the images. The number of threads is at most
/// the number of cores that this process may use; if more are typed, a line on standard error says so. Throws
/// UsageError for an invalid device or number.
EngineOptions resolve_engine(const Options& options);

}  // namespace imnet::app
