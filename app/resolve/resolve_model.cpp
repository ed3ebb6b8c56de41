#include "resolve/resolve_model.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "models/bundled_model.h"
#include "resolve/numbers.h"

namespace imnet::app {

ModelRequest resolve_model(const Options& options) {
    if (options.model == bundled_model) return resolve_trained_model(options);
    if (options.no_weights) return resolve_random_model(options);
    if (options.seed) throw UsageError("--seed only goes with --no-weights");
    return resolve_trained_model(options);
}

ModelRequest resolve_trained_model(const Options& options) {
    ModelRequest request{.prefer_ema = options.ema, .class_names = options.labels};
    if (options.model == bundled_model) {
        if (options.weights || options.no_weights) {
            throw UsageError(fmt::format("--model {} is a trained model: {} contradicts it", bundled_model,
                                         options.weights ? "--weights" : "--no-weights"));
        }
        request.source = BundledSource{};
        return request;
    }
    request.architecture = options.model.value_or("");
    std::error_code ignored;
    if (options.weights && std::filesystem::exists(*options.weights, ignored)) {
        request.source = CheckpointSource{*options.weights};
    } else {
        request.source = PublishedSource{options.weights.value_or("")};
    }
    return request;
}

ModelRequest resolve_random_model(const Options& options) {
    if (options.weights) throw UsageError("--weights and --no-weights contradict each other");
    const int seed = number_in_range(options.seed, "--seed", 0, std::numeric_limits<int>::max(), 0);
    return {.source = RandomSource{.seed = static_cast<std::uint64_t>(seed)},
            .architecture = options.model.value_or(""),
            .prefer_ema = options.ema,
            .class_names = options.labels};
}

}  // namespace imnet::app
