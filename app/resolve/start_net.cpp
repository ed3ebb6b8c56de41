#include "resolve/start_net.h"

#include <cstdint>

namespace imnet::app {

ClassifyOptions resolve_pictures(const Options& options) {
    ClassifyOptions resolved;
    const int megapixels = number_in_range(options.max_megapixels, "--max-megapixels", 1, 2000, 200);
    resolved.limits.max_pixels = 1'000'000ULL * static_cast<std::uint64_t>(megapixels);
    resolved.draft = options.draft;
    resolved.batch = number_in_range(options.batch, "--batch", 1, 4096, 0);
    return resolved;
}

std::unique_ptr<Engine> start_net(const Net& net, EngineOptions engine_options, ClassifyOptions& classify) {
    classify.threads = engine_options.threads;
    classify.preprocessing = net.preprocessing;
    classify.classes = net.architecture.classes;
    engine_options.height = engine_options.width = net.preprocessing.image_size;
    engine_options.batch = classify.batch == 0 ? 8 : classify.batch;
    auto engine = open_engine(net.architecture, net.parameters, engine_options);
    if (classify.batch == 0) classify.batch = engine->device() == "cpu" ? 8 : 32;
    return engine;
}

}  // namespace imnet::app
