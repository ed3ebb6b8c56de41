// Which model the typed options mean.
#pragma once

#include "cli/options.h"
#include "models/model.h"

namespace imnet::app {

/// The model of --model, --weights, --no-weights and --seed. Throws UsageError where they contradict
/// each other.
ModelRequest resolve_model(const Options& options);

/// The same without random weights, where --seed means something else.
ModelRequest resolve_trained_model(const Options& options);

/// Random weights, with --seed. Throws UsageError where --weights contradicts that.
ModelRequest resolve_random_model(const Options& options);

}  // namespace imnet::app
