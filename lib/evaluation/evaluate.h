// An evaluation: classify the pictures that have a target → compare → count.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "classify.h"
#include "engines/engine.h"
#include "evaluation/evaluation.h"

namespace imnet {

/// Gives the target of the picture with that path, as an index into the class names; nothing for a picture
/// that is left out. Several threads call it at the same time.
using TargetOf = std::function<std::optional<int>(std::string_view path)>;

/// Classifies the inputs that have a target, and counts them in `evaluation`. Inputs that could not be listed
/// count as failed. `options.top` must be `evaluation.predictions_needed()` or more. `on_rows` gets the rows
/// after they are counted.
void evaluate(const NextInput& next_input, const TargetOf& target_of, const Engine& engine,
              const ClassifyOptions& options, Evaluation& evaluation, const OnRows& on_rows);

}  // namespace imnet
