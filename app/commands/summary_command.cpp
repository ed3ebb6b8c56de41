#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "engines/random_images.h"
#include "models/model.h"
#include "models/summary.h"
#include "resolve/resolve_summary.h"

namespace imnet::app {

int run_summary(const SummaryRun& run) {
    const Model model = load_model(run.model);
    say(model.notes, run.quiet);
    const int side = model.preprocessing.image_size;
    EngineOptions engine_options = run.engine;
    engine_options.image_size = side;
    engine_options.batch = 1;
    const auto engine = open_engine(model.architecture, model.parameters, engine_options);

    const std::vector<std::byte> input =
        random_images(1, side, engine->pixel_format());  // [1, 3, side, side]
    std::vector<float> logits(static_cast<std::size_t>(model.architecture.classes));
    engine->worker(engine_options.threads)->run(input, 1, logits);
    if (!std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); })) {
        throw ModelError("the net computes NaN or infinity for a random input: its weights are damaged");
    }

    OutputFile out("-");
    out.write(summary(model.architecture, side, side));
    out.write(fmt::format("\n{} parameters\ndevice: {} ({}, {})\ninput: [1, 3, {}, {}]\noutput: [1, {}]\n",
                          grouped_digits(model.architecture.parameter_count()), engine->device(),
                          engine->library(), name(engine->precision()), side, side, logits.size()));
    out.commit();
    return 0;
}

}  // namespace imnet::app
