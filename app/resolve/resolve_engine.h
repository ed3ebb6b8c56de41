#pragma once

#include "cli/options.h"
#include "engines/engine.h"

namespace imnet::app {

/// How the net is to run, but for the size and number of its images. The threads are never more than
/// the cores that this process may use; a request for more is announced on standard error. Throws
/// UsageError for what is no device.
EngineOptions resolve_engine(const Options& options);

}  // namespace imnet::app
