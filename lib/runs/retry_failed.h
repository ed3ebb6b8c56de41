#pragma once

#include <functional>

#include "inputs/input_source.h"
#include "rows/row.h"
#include "runs/run_output.h"

namespace imnet {

/// Classifies the inputs again whose rows are errors, and replaces these rows in the output. Rows of inputs
/// that no longer exist stay. `inputs` returns all inputs of the run; `classify` makes their rows.
void retry_failed(const OutputPlan& plan, const ClassNames& class_names, std::size_t predictions_a_row,
                  const NextInput& inputs,
                  const std::function<void(const NextInput&, const OnRows&)>& classify);

}  // namespace imnet
