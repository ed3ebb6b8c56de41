#include "resolve/resolve_explain.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/named_descriptor.h"
#include "resolve/numbers.h"
#include "resolve/resolve_engine.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_pictures.h"
#include "resolve/resolve_preprocessing.h"

namespace imnet::app {
namespace {

bool is_standard_output(const std::string& path) {
    return path == "-" || named_descriptor(path) == STDOUT_FILENO;
}

void check_paths(const Options& options) {
    if (options.arguments.size() != 1) throw UsageError("'imnet explain' takes one picture");
    if (!options.output) throw UsageError("'imnet explain' needs -o FILE, the PNG to write");
    if (is_standard_output(*options.output) && options.format)
        throw UsageError("--format: with -o - only the PNG goes to standard output; leave --format out");
    std::error_code ignored;
    if (std::filesystem::equivalent(options.arguments.front(), *options.output, ignored))
        throw UsageError(fmt::format("-o {}: it would replace the picture itself", *options.output));
}

// Grad-CAM needs gradients, which only libtorch computes: here in float32, and for one picture.
void check_grad_cam(const Options& options) {
    if (options.occlusion) return;
    if (options.engine == "onednn")
        throw UsageError("--engine onednn: it has no gradients; leave it out, or use --occlusion");
    if (options.precision.value_or("fp32") != "fp32")
        throw UsageError("--precision: Grad-CAM computes in fp32; leave it out, or use --occlusion");
    for (const auto& [typed, name] : {std::pair{options.patch.has_value(), "--patch"},
                                      {options.stride.has_value(), "--stride"},
                                      {options.batch.has_value(), "--batch"}}) {
        if (typed) throw UsageError(fmt::format("{} only goes with --occlusion", name));
    }
}

}  // namespace

ExplainRun resolve_explain(const Options& options) {
    check_paths(options);
    check_grad_cam(options);
    ExplainRun run;
    run.picture = options.arguments.front();
    run.output = is_standard_output(*options.output) ? "-" : *options.output;
    run.limits = resolve_pictures(options).limits;
    run.engine = resolve_engine(options);
    run.model = resolve_model(options);
    run.model.stated = resolve_preprocessing(options);
    run.model.activation = resolve_activation(options);
    run.class_name = options.explained_class;
    if (options.occlusion) {
        run.occlusion = {options.patch, options.stride,
                         number_in_range(options.batch, "--batch", 1, 4096, 8)};
    }
    run.json = options.format == "json";
    run.quiet = options.quiet;
    return run;
}

OcclusionOptions resolve_occlusion(const TypedPatch& typed, int image_size) {
    OcclusionOptions resolved;
    resolved.image_size = image_size;
    resolved.patch = number_in_range(typed.side, "--patch", 1, image_size, (image_size + 3) / 4);
    resolved.stride = number_in_range(typed.stride, "--stride", 1, image_size, (image_size + 13) / 14);
    resolved.batch = typed.batch;
    return resolved;
}

}  // namespace imnet::app
