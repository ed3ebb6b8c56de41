#include "evaluation/evaluation_facts.h"

#include <fmt/format.h>

namespace imnet {

EvaluationFacts evaluation_facts(const EvaluationData& data, const Model& model, const Engine& engine) {
    const Preprocessing& preprocessing = model.preprocessing;
    return {.data = data.folder(),
            .model = model.architecture.name,
            .weights = model.provenance.weights,
            .engine = engine.library(),
            .device = engine.device(),
            .precision = std::string(name(engine.precision())),
            .recipe = fmt::format("resize {}, crop {}, {}", preprocessing.short_side,
                                  preprocessing.image_size, name(preprocessing.interpolation)),
            .mapping = data.mapping().summary(),
            .unlabelled = data.survey().unlabelled.count,
            .unknown = data.unknown(),
            .missing = data.survey().missing.count};
}

}  // namespace imnet
