#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <sys/utsname.h>

#include "base/cpu_model.h"
#include "base/json.h"
#include "base/output_file.h"
#include "benchmark.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "models/model.h"
#include "resolve/resolve_bench.h"

namespace imnet::app {
namespace {

struct Measured {
    EngineKind kind;
    BenchmarkCase what;
    BenchmarkResult result;
};

std::string_view engine_name(EngineKind kind) { return kind == EngineKind::torch ? "torch" : "onednn"; }

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

}  // namespace

int run_bench(const BenchRun& run) {
    if (run.any_weights && !run.quiet)
        say("measuring with random weights (the weights do not change the speed)");
    const Model model = load_model(run.model);
    say(model.notes, run.quiet);
    const int side = model.preprocessing.image_size;
    OutputFile out("-");
    Json runs = Json::array();
    Json versions{{"imnet", run.version}};
    if (!run.json) {
        out.write(
            fmt::format("{} on {}, images of {}×{}\n\n", model.architecture.name, cpu_model(), side, side));
        out.write("engine  bits   batch  threads    images/s  ms a batch   ready s\n");
    }
    for (BenchmarkCase what : run.cases) {
        what.engine.image_size = side;
        const Measured measured{what.engine.kind, what,
                                benchmark(model.architecture, model.parameters, what)};
        if (!run.quiet && !measured.result.remark.empty()) say(measured.result.remark);
        versions[engine_name(measured.kind)] = measured.result.library;
        if (run.json) {
            runs.push_back(json_run(measured));
        } else {
            out.write(text_row(measured));
            out.flush();
        }
    }
    if (run.json) {
        out.write(Json{{"model", model.architecture.name},
                       {"image_size", side},
                       {"preprocessing", describe(model.preprocessing)},
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
