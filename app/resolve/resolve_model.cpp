#include "resolve/resolve_model.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <system_error>

#include "base/errors.h"
#include "resolve/numbers.h"

namespace imnet::app {
namespace {

void take_name(ModelRequest& request, const ModelName& name) {
    request.architecture = name.architecture;
    if (name.weights != nullptr) request.preprocessing_of = name.weights->name;
}

}  // namespace

std::optional<OutputActivation> resolve_activation(const Options& options) {
    if (!options.activation) return std::nullopt;
    return options.activation == "sigmoid" ? OutputActivation::sigmoid : OutputActivation::softmax;
}

ModelRequest resolve_model(const Options& options) {
    if (options.no_weights) return resolve_random_model(options);
    if (options.seed) throw UsageError("--seed only goes with --no-weights");
    return resolve_trained_model(options);
}

ModelRequest resolve_trained_model(const Options& options) {
    ModelRequest request{
        .test_size = options.test_size, .prefer_ema = options.ema, .class_names = options.labels};
    std::error_code ignored;
    if (options.weights && std::filesystem::exists(*options.weights, ignored)) {
        request.source = CheckpointSource{*options.weights};
        if (options.model) take_name(request, parse_model_name(*options.model));
        return request;
    }
    const ModelName name = parse_model_name(options.model.value_or(""), options.weights.value_or(""));
    take_name(request, name);
    request.source = PublishedSource{request.preprocessing_of};
    return request;
}

ModelRequest resolve_random_model(const Options& options) {
    if (options.weights) throw UsageError("--weights and --no-weights contradict each other");
    const int seed = number_in_range(options.seed, "--seed", 0, std::numeric_limits<int>::max(), 0);
    ModelRequest request{
        .test_size = options.test_size, .prefer_ema = options.ema, .class_names = options.labels};
    const ModelName name = parse_model_name(options.model.value_or(std::string(default_architecture)));
    take_name(request, name);
    RandomSource source{.seed = static_cast<std::uint64_t>(seed)};
    if (name.weights != nullptr) source.classes = name.weights->classes;
    request.source = source;
    return request;
}

}  // namespace imnet::app
