#pragma once

#include <memory>

#include "classify.h"
#include "cli/options.h"
#include "resolve/resolve.h"

namespace imnet::app {

/// What the options say of pictures and batches; `batch` is 0 where it was not typed. Throws UsageError.
ClassifyOptions resolve_pictures(const Options& options);

/// Puts the net on its device, and completes `classify` with what it needs to be fed.
std::unique_ptr<Engine> start_net(const Net& net, EngineOptions engine_options, ClassifyOptions& classify);

}  // namespace imnet::app
