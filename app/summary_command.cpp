#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "commands.h"
#include "models/summary.h"
#include "resolve.h"

namespace imnet::app {

int run_summary(const Options& options) {
    if (!options.arguments.empty()) throw UsageError("'imnet summary' takes no arguments");
    constexpr int side = 224;
    const Net net = resolve_net(options);
    const auto engine = open_engine(net.architecture, net.parameters, resolve_device(options));

    std::mt19937 random;
    std::normal_distribution<float> normal;
    std::vector<float> input(std::size_t{3} * side * side);  // [1, 3, 224, 224]
    std::generate(input.begin(), input.end(), [&] { return normal(random); });
    std::vector<float> logits(static_cast<std::size_t>(net.architecture.classes));
    engine->worker(resolve_threads(options))->run(input, 1, side, side, logits);
    if (!std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); })) {
        throw ModelError("the net answers a random input with NaN or infinity: its weights are damaged");
    }

    OutputFile out("-");
    out.write(summary(net.architecture, side, side));
    out.write(fmt::format("\n{} parameters\ndevice: {} ({})\ninput: [1, 3, {}, {}]\noutput: [1, {}]\n",
                          grouped_digits(net.architecture.parameter_count()), engine->device(),
                          engine->library(), side, side, logits.size()));
    out.commit();
    return 0;
}

}  // namespace imnet::app
