#include "resolve/resolve_bench.h"

#include "cli/version.h"
#include "resolve/arguments.h"
#include "resolve/numbers.h"
#include "resolve/resolve_engine.h"
#include "resolve/resolve_model.h"
#include "resolve/resolve_preprocessing.h"

namespace imnet::app {
namespace {

// All combinations of engine, precision and batch that the options leave open.
std::vector<BenchmarkCase> resolve_cases(const Options& options) {
    const EngineOptions typed = resolve_engine(options);
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

}  // namespace

BenchRun resolve_bench(const Options& options) {
    refuse_arguments(options);
    BenchRun run;
    run.any_weights = !options.weights && !options.no_weights;
    run.model = run.any_weights ? resolve_random_model(options) : resolve_model(options);
    run.model.stated = resolve_preprocessing(options);
    run.cases = resolve_cases(options);
    run.version = version();
    run.json = options.format == "json";
    run.quiet = options.quiet;
    return run;
}

}  // namespace imnet::app
