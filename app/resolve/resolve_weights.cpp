#include "resolve/resolve_weights.h"

#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "models/bundled_model.h"
#include "models/model_name.h"

namespace imnet::app {
namespace {

// The published weights that --model and a name state together; the default ones of the model if neither
// does.
const PublishedWeights& resolve_published(const Options& options, const std::string& name) {
    const ModelName stated = parse_model_name(options.model.value_or(""), name);
    return stated.weights != nullptr ? *stated.weights : published_named(stated.architecture, "");
}

// The argument of a command that takes at most one; empty if there is none.
std::string optional_argument(const Options& options, const char* refusal) {
    if (options.arguments.size() > 1) throw UsageError(refusal);
    return options.arguments.empty() ? "" : options.arguments.front();
}

bool is_file(const std::string& name) {
    std::error_code ignored;
    return !name.empty() && std::filesystem::exists(name, ignored);
}

std::string resolve_url(const Options& options, const PublishedWeights& weights) {
    if (!options.url) return std::string(weights.url);
    if (!options.url->starts_with("http://") && !options.url->starts_with("https://")) {
        throw UsageError(
            fmt::format("--url {}: it takes an address that starts with https:// or http://", *options.url));
    }
    return *options.url + (options.url->ends_with('/') ? std::string(weights.file) : "");
}

}  // namespace

WeightsPathRun resolve_weights_path(const Options& options) {
    const std::string name = optional_argument(options, "'imnet weights path' takes one name or file");
    if (is_file(name)) return {nullptr, name};
    return {&resolve_published(options, name), {}};
}

WeightsFetchRun resolve_weights_fetch(const Options& options) {
    const std::string name = optional_argument(options, "'imnet weights fetch' takes one name");
    const PublishedWeights& weights = resolve_published(options, name);
    return {&weights, resolve_url(options, weights), options.quiet};
}

WeightsVerifyRun resolve_weights_verify(const Options& options) {
    const std::string name = optional_argument(options, "'imnet weights verify' takes one name or file");
    if (name.empty()) {
        if (!options.model) return {};
        const ModelName stated = parse_model_name(*options.model);
        return {stated.weights, std::nullopt, stated.architecture};
    }
    if (is_file(name)) return {nullptr, name, std::nullopt};
    return {&resolve_published(options, name), std::nullopt, std::nullopt};
}

WeightsInspectRun resolve_weights_inspect(const Options& options) {
    if (options.arguments.size() != 1) throw UsageError("'imnet weights inspect' takes one file");
    return {options.arguments.front(), options.ema, options.format == "json"};
}

WeightsConvertRun resolve_weights_convert(const Options& options) {
    if (options.arguments.size() != 1) throw UsageError("'imnet weights convert' takes one file");
    if (!options.output) throw UsageError("'imnet weights convert' needs -o FILE, the file to write");
    WeightsConvertRun run{options.arguments.front(), *options.output, options.ema, std::nullopt};
    for (const DType dtype : {DType::float32, DType::float16, DType::bfloat16}) {
        if (options.dtype == name(dtype)) run.dtype = dtype;
    }
    return run;
}

}  // namespace imnet::app
