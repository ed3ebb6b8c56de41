#include "explanation/explain.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "base/standard_streams.h"
#include "cli/say.h"
#include "codecs/write_png.h"
#include "commands/commands.h"
#include "engines/grad_cam.h"
#include "explanation/occlusion.h"
#include "models/model.h"
#include "resolve/resolve_class.h"
#include "resolve/resolve_explain.h"
#include "rows/json_parts.h"

namespace imnet::app {
namespace {

// A function that computes the heat, and the format of the pixels that it takes.
struct Method {
    std::string_view name;
    PixelFormat pixel_format;
    FindHeat find_heat;
};

Method by_grad_cam(const Model& model, const EngineOptions& options, std::optional<int> class_index) {
    const int side = model.preprocessing.image_size;
    const GradCamOptions resolved{options.device, options.threads, side};
    return {"grad-cam", PixelFormat::interleaved_float32,
            [&model, resolved, class_index](std::span<const std::byte> pixels) -> ClassHeat {
                const std::span floats(reinterpret_cast<const float*>(pixels.data()),
                                       pixels.size() / sizeof(float));
                GradCam found = grad_cam(model.architecture, model.parameters, resolved, floats, class_index);
                refuse_non_finite(found.logits);
                return {
                    {found.class_index, probability_of(found.logits, found.class_index, model.activation)},
                    std::move(found.heat)};
            }};
}

Method by_occlusion(const ExplainRun& run, const Model& model, std::optional<int> class_index) {
    OcclusionOptions resolved = resolve_occlusion(*run.occlusion, model.preprocessing.image_size);
    resolved.activation = model.activation;
    resolved.classes = model.architecture.classes;
    resolved.threads = run.engine.threads;
    EngineOptions engine_options = run.engine;
    engine_options.image_size = model.preprocessing.image_size;
    engine_options.batch = resolved.batch;
    const std::shared_ptr<const Engine> engine =
        open_engine(model.architecture, model.parameters, engine_options);
    if (!run.quiet && !engine->remark().empty()) say(engine->remark());
    return {"occlusion", engine->pixel_format(),
            [engine, resolved, class_index](std::span<const std::byte> pixels) {
                return occlusion(*engine, resolved, pixels, class_index);
            }};
}

void print(const std::string& text) {
    OutputFile out("-");
    out.write(text);
    out.commit();
}

// The colours are scaled to the largest heat, so even a tiny loss of probability is drawn in light yellow.
void warn_of_little_heat(const Explanation& explanation) {
    const float most = explanation.of_class.heat.largest();
    if (most <= 0 || most >= 0.01F) return;
    say(fmt::format(
        "{}: hiding a part lowers the probability of the class by at most {:.1g}: the heat means little "
        "(try a larger --patch)",
        explanation.path, most));
}

int print_failure(const ExplainRun& run, const InputError& error) {
    if (run.json) print(fmt::format("{{{},{}}}\n", json_path(run.picture), json_error(error)));
    say(fmt::format("{}: {}", run.picture, error.message));
    return 1;
}

void print_explanation(const ExplainRun& run, const Explanation& explanation, const ClassNames& class_names,
                       std::string_view method) {
    if (run.output != "-") {
        print(run.json ? explanation_json(explanation, class_names, method)
                       : explanation_text(explanation, class_names));
    } else if (!run.quiet) {
        print_for_people(explanation_text(explanation, class_names));
    }
}

}  // namespace

int run_explain(const ExplainRun& run) {
    const Model model = load_model(run.model);
    say(model.notes, run.quiet);
    check_activation(model);
    std::optional<int> class_index;
    if (run.class_name) class_index = resolve_class("--class", *run.class_name, model.class_names);
    OutputFile png(run.output);
    if (png.is_terminal())
        throw UsageError("-o -: a terminal cannot show a PNG: redirect it to a file or a program");
    const Method method =
        run.occlusion ? by_occlusion(run, model, class_index) : by_grad_cam(model, run.engine, class_index);

    const auto explained = explain({.path = run.picture, .named = true},
                                   {model.preprocessing, method.pixel_format, run.limits}, method.find_heat);
    if (!explained) return print_failure(run, explained.error());
    png.write(png_bytes(explained->drawing));
    png.commit();
    if (run.occlusion && !run.quiet) warn_of_little_heat(explained->explanation);
    print_explanation(run, explained->explanation, model.class_names, method.name);
    return 0;
}

}  // namespace imnet::app
