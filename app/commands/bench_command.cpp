#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/utsname.h>

#include "base/cpu_model.h"
#include "base/errors.h"
#include "base/json.h"
#include "base/output_file.h"
#include "benchmark.h"
#include "commands/commands.h"
#include "resolve/resolve.h"
#include "resolve/resolve_model.h"
#include "say.h"

namespace imnet::app {
namespace {

struct Measured {
    EngineKind kind;
    BenchmarkCase what;
    BenchmarkResult result;
};

std::string_view engine_name(EngineKind kind) { return kind == EngineKind::torch ? "torch" : "onednn"; }

// What was asked for, or all that there is.
std::vector<BenchmarkCase> cases(const Options& options, int side) {
    EngineOptions typed = resolve_engine(options);
    std::vector<EngineKind> kinds{typed.kind};
    if (typed.kind == EngineKind::automatic) {
        kinds.clear();
        for (const EngineKind kind : {EngineKind::onednn, EngineKind::torch}) {
            const bool elsewhere = kind == EngineKind::onednn && typed.device.kind == Device::Kind::cuda;
            if (engine_installed(kind) && !elsewhere) kinds.push_back(kind);
        }
    }
    std::vector<Precision> precisions{Precision::fp32, Precision::bf16};
    if (options.precision) precisions = {typed.precision};
    std::vector<int> batches{1, 8};
    if (options.batch) batches = {number_in_range(options.batch, "--batch", 1, 4096, 8)};

    std::vector<BenchmarkCase> all;
    typed.height = typed.width = side;
    for (const EngineKind kind : kinds) {
        for (const Precision precision : precisions) {
            for (const int batch : batches) {
                EngineOptions engine = typed;
                engine.kind = kind;
                engine.precision = precision;
                engine.batch = batch;
                all.push_back({.engine = engine});
            }
        }
    }
    return all;
}

double median(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    return samples.empty() ? 0 : samples[samples.size() / 2];
}

std::string text_row(const Measured& measured) {
    return fmt::format("{:8}{:6}{:>6}{:>9}{:>12.1f}{:>12.1f}{:>10.2f}\n", engine_name(measured.kind),
                       name(measured.result.precision), measured.what.engine.batch,
                       measured.what.engine.threads, median(measured.result.images_per_second),
                       median(measured.result.latency_ms), measured.result.ready_seconds);
}

Json machine() {
    struct utsname system {};
    ::uname(&system);
    return {{"cpu", cpu_model()}, {"architecture", system.machine}, {"kernel", system.release}};
}

Json json_run(const Measured& measured) {
    return {{"engine", engine_name(measured.kind)},
            {"library", measured.result.library},
            {"device", measured.result.device},
            {"precision", name(measured.result.precision)},
            {"batch", measured.what.engine.batch},
            {"threads", measured.what.engine.threads},
            {"ready_seconds", measured.result.ready_seconds},
            {"images_per_second", measured.result.images_per_second},
            {"latency_ms", measured.result.latency_ms}};
}

// Speed does not depend on what the weights are, so that none need to be here.
Options with_some_weights(Options options) {
    if (!options.weights && !options.no_weights) {
        options.no_weights = true;
        if (!options.quiet) say("measuring with random weights, which are as fast as others");
    }
    return options;
}

}  // namespace

int run_bench(const Options& typed) {
    if (!typed.arguments.empty()) throw UsageError("'imnet bench' takes no arguments");
    const Options options = with_some_weights(typed);
    const Model model = load_and_announce(resolve_model(options), options.quiet);
    OutputFile out("-");
    const bool json = options.format == "json";
    Json runs = Json::array();
    Json versions{{"imnet", IMNET_VERSION}};
    if (!json) {
        out.write(fmt::format("{} on {}, images of {}×{}\n\n", model.architecture.name, cpu_model(),
                              model.preprocessing.image_size, model.preprocessing.image_size));
        out.write("engine  bits   batch  threads    images/s  ms a batch   ready s\n");
    }
    for (const BenchmarkCase& what : cases(options, model.preprocessing.image_size)) {
        const Measured measured{what.engine.kind, what,
                                benchmark(model.architecture, model.parameters, what)};
        if (!options.quiet && !measured.result.remark.empty()) say(measured.result.remark);
        versions[engine_name(measured.kind)] = measured.result.library;
        if (json) {
            runs.push_back(json_run(measured));
        } else {
            out.write(text_row(measured));
            out.flush();
        }
    }
    if (json) {
        out.write(Json{{"model", model.architecture.name},
                       {"image_size", model.preprocessing.image_size},
                       {"machine", machine()},
                       {"versions", versions},
                       {"runs", runs}}
                      .dump(2) +
                  '\n');
    }
    out.commit();
    return 0;
}

}  // namespace imnet::app
