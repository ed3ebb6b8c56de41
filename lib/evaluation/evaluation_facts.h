#pragma once

#include "datasets/evaluation_data.h"
#include "engines/engine.h"
#include "evaluation/evaluation_report.h"
#include "models/model.h"

namespace imnet {

/// The facts for the head of a report: which model, on which data, and how.
EvaluationFacts evaluation_facts(const EvaluationData& data, const Model& model, const Engine& engine);

}  // namespace imnet
