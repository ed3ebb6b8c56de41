// Finds the model that the options ask for.
#pragma once

#include <optional>

#include "cli/options.h"
#include "models/model.h"

namespace imnet::app {

/// The model of --model, --weights, --no-weights and --seed. Throws UsageError if they contradict each
/// other.
ModelRequest resolve_model(const Options& options);

/// The same for commands without random weights, where --seed has another meaning.
ModelRequest resolve_trained_model(const Options& options);

/// Random weights, drawn with --seed. Throws UsageError if --weights was typed, too.
ModelRequest resolve_random_model(const Options& options);

/// What --activation says.
std::optional<OutputActivation> resolve_activation(const Options& options);

}  // namespace imnet::app
