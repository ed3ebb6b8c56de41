#include "explanation/explain.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "codecs/write_png.h"
#include "commands/commands.h"
#include "engines/grad_cam.h"
#include "explanation/occlusion.h"
#include "resolve/resolve.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_pictures.h"
#include "rows/json_parts.h"
#include "say.h"

namespace imnet::app {
namespace {

void check_paths(const Options& options) {
    if (options.arguments.size() != 1) throw UsageError("'imnet explain' takes one picture");
    if (!options.output) throw UsageError("'imnet explain' needs -o FILE, the PNG to write");
    if (*options.output == "-" && options.format)
        throw UsageError("--format: with -o - the PNG goes to standard output, and nothing else does");
    std::error_code ignored;
    if (std::filesystem::equivalent(options.arguments.front(), *options.output, ignored))
        throw UsageError(fmt::format("-o {}: it would replace the picture itself", *options.output));
}

// Gradients come from libtorch in float32, of one picture.
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

std::optional<int> resolve_class(const Options& options, const ClassNames& class_names) {
    if (!options.explained_class) return std::nullopt;
    const std::vector<int> classes = resolve_classes("--class", *options.explained_class, class_names);
    if (classes.size() == 1) return classes.front();
    throw UsageError(fmt::format("--class {}: {} classes are called so: give one of the indices {}",
                                 *options.explained_class, classes.size(), fmt::join(classes, ", ")));
}

// What finds the heat, and the pixels that it takes.
struct Method {
    std::string_view name;
    PixelFormat pixel_format;
    FindHeat find_heat;
};

Method by_grad_cam(const Model& model, const EngineOptions& options, std::optional<int> class_index) {
    const int side = model.preprocessing.image_size;
    const GradCamOptions resolved{options.device, options.threads, side, side};
    return {"grad-cam", PixelFormat::interleaved_float32,
            [&model, resolved, class_index](std::span<const std::byte> pixels) -> ClassHeat {
                const std::span floats(reinterpret_cast<const float*>(pixels.data()),
                                       pixels.size() / sizeof(float));
                GradCam found = grad_cam(model.architecture, model.parameters, resolved, floats, class_index);
                refuse_non_finite(found.logits);
                return {{found.class_index, probability_of(found.logits, found.class_index)},
                        std::move(found.heat)};
            }};
}

Method by_occlusion(const Options& options, const Model& model, EngineOptions engine_options,
                    std::optional<int> class_index) {
    const int side = model.preprocessing.image_size;
    OcclusionOptions resolved;
    resolved.classes = model.architecture.classes;
    resolved.side = side;
    resolved.patch = number_in_range(options.patch, "--patch", 1, side, (side + 3) / 4);
    resolved.stride = number_in_range(options.stride, "--stride", 1, side, (side + 13) / 14);
    resolved.batch = number_in_range(options.batch, "--batch", 1, 4096, 8);
    resolved.threads = engine_options.threads;
    engine_options.height = engine_options.width = side;
    engine_options.batch = resolved.batch;
    const std::shared_ptr<const Engine> engine =
        open_engine(model.architecture, model.parameters, engine_options);
    if (!options.quiet && !engine->remark().empty()) say(engine->remark());
    return {"occlusion", engine->pixel_format(),
            [engine, resolved, class_index](std::span<const std::byte> pixels) {
                return occlusion(*engine, resolved, pixels, class_index);
            }};
}

void tell(const std::string& text) {
    OutputFile out("-");
    out.write(text);
    out.commit();
}

// Scaled to its own largest, a loss of nothing looks like any other.
void say_if_little(const Explanation& explanation) {
    const float most = explanation.of_class.heat.largest();
    if (most <= 0 || most >= 0.01F) return;
    say(fmt::format(
        "{}: hiding a part costs the class {:.1g} of its probability at most: the heat means little "
        "(a larger --patch hides more)",
        explanation.path, most));
}

int tell_failure(const Options& options, const InputError& error) {
    const std::string& path = options.arguments.front();
    if (options.format == "json") tell(fmt::format("{{{},{}}}\n", json_path(path), json_error(error)));
    say(fmt::format("{}: {}", path, error.message));
    return 1;
}

}  // namespace

int run_explain(const Options& options) {
    check_paths(options);
    check_grad_cam(options);
    const bool to_pipe = *options.output == "-";
    ExplainOptions resolved;
    resolved.limits = resolve_pictures(options).limits;
    const EngineOptions engine_options = resolve_engine(options);
    Model model = load_and_announce(resolve_model(options), options.quiet);
    model.preprocessing = resolve_preprocessing(options, model.preprocessing);
    const std::optional<int> class_index = resolve_class(options, model.class_names);
    resolved.preprocessing = model.preprocessing;
    OutputFile png(*options.output);
    if (png.is_terminal()) throw UsageError("-o -: a terminal shows no PNG: send it to a file or a program");
    const Method method = options.occlusion ? by_occlusion(options, model, engine_options, class_index)
                                            : by_grad_cam(model, engine_options, class_index);
    resolved.pixel_format = method.pixel_format;

    const auto explained =
        explain({.path = options.arguments.front(), .named = true}, resolved, method.find_heat);
    if (!explained) return tell_failure(options, explained.error());
    png.write(png_bytes(explained->drawing));
    png.commit();
    const Explanation& explanation = explained->explanation;
    if (options.occlusion && !options.quiet) say_if_little(explanation);
    if (!to_pipe) {
        tell(options.format == "json" ? explanation_json(explanation, model.class_names, method.name)
                                      : explanation_text(explanation, model.class_names));
    } else if (!options.quiet) {
        fmt::print(stderr, "{}", explanation_text(explanation, model.class_names));
    }
    return 0;
}

}  // namespace imnet::app
