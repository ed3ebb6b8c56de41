// The spine of an evaluation: classify what has a label → compare → count.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "classify.h"
#include "engines/engine.h"
#include "evaluation/evaluation.h"

namespace imnet {

/// The true class of the picture of that path; nothing where it is not to be counted. Called by several
/// threads at a time.
using TruthOf = std::function<std::optional<int>(std::string_view path)>;

/// Classifies the inputs that have a true class, and counts them in `evaluation`. What could not be listed
/// counts as failed. `options.top` must be `evaluation.labels_needed()` or more. `on_rows` gets the rows
/// behind the count.
void evaluate(const NextInput& next_input, const TruthOf& truth_of, const Engine& engine,
              const ClassifyOptions& options, Evaluation& evaluation, const OnRows& on_rows);

}  // namespace imnet
