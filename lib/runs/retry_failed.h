#pragma once

#include <functional>

#include "inputs/input_source.h"
#include "rows/row.h"
#include "runs/run_output.h"

namespace imnet {

/// Classifies again what failed before, and puts the new rows at their place in the output. Inputs
/// that are no longer there keep their rows. `classify` turns inputs into rows; `inputs` gives all of
/// the run's.
void retry_failed(const OutputPlan& plan, const ClassNames& class_names, std::size_t predictions_a_row,
                  const NextInput& inputs,
                  const std::function<void(const NextInput&, const OnRows&)>& classify);

}  // namespace imnet
