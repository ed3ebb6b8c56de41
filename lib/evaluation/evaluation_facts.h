#pragma once

#include "datasets/evaluation_data.h"
#include "engines/engine.h"
#include "evaluation/evaluation_report.h"
#include "models/model.h"

namespace imnet {

/// What is evaluated on what, for the head of a report.
EvaluationFacts evaluation_facts(const EvaluationData& data, const Model& model, const Engine& engine);

}  // namespace imnet
