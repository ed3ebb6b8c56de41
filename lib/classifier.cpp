#include "classifier.h"

#include <optional>
#include <span>
#include <utility>

namespace imnet {
namespace {

constexpr int cpu_batch = 8;
constexpr int gpu_batch = 32;

}  // namespace

Classifier open_classifier(const Model& model, EngineOptions engine_options, ClassifyOptions options) {
    check_activation(model);
    options.threads = engine_options.threads;
    options.preprocessing = model.preprocessing;
    options.activation = model.activation;
    options.classes = model.architecture.classes;
    engine_options.image_size = model.preprocessing.image_size;
    engine_options.batch = options.batch == 0 ? cpu_batch : options.batch;
    auto engine = open_engine(model.architecture, model.parameters, engine_options);
    if (options.batch == 0) options.batch = engine->device() == "cpu" ? cpu_batch : gpu_batch;
    return {std::move(engine), std::move(options)};
}

Expected<std::vector<Prediction>> classify_picture(const Classifier& classifier, const std::string& path) {
    std::optional<Input> input = Input{.path = path, .named = true};
    Expected<std::vector<Prediction>> top;
    classify([&] { return std::exchange(input, std::nullopt); }, *classifier.engine, classifier.options,
             [&](std::span<const Row> rows) { top = rows.front().top; });
    return top;
}

}  // namespace imnet
