#include "evaluation/evaluation_facts.h"

namespace imnet {

EvaluationFacts evaluation_facts(const EvaluationData& data, const Model& model, const Engine& engine) {
    return {.data = data.folder(),
            .model = model.architecture.name,
            .weights = model.provenance.weights,
            .engine = engine.library(),
            .device = engine.device(),
            .precision = std::string(name(engine.precision())),
            .recipe = describe_size(model.preprocessing),
            .mapping = data.mapping().summary(),
            .unlabelled = data.survey().unlabelled.count,
            .unknown = data.unknown(),
            .missing = data.survey().missing.count};
}

}  // namespace imnet
