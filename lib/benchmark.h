// Measures the speed of an engine on random images.
#pragma once

#include <string>
#include <vector>

#include "engines/engine.h"

namespace imnet {

/// What is measured, and for how long.
struct BenchmarkCase {
    EngineOptions engine;
    int samples = 5;           ///< of throughput
    double seconds = 1;        ///< duration of one sample
    double most_seconds = 30;  ///< limit for throughput and for latency; a slow engine gets fewer samples
};

struct BenchmarkResult {
    std::string library;
    std::string device;
    Precision precision = Precision::fp32;  ///< that the engine computed in
    std::string remark;                     ///< `Engine::remark`
    double ready_seconds = 0;               ///< time to open the engine and make a worker
    std::vector<double> images_per_second;  ///< samples of throughput, with one worker on each thread
    std::vector<double> latency_ms;         ///< of single batches, each computed with all threads
};

/// Measures one engine. Throws the same errors as `open_engine` and `Worker::run`.
BenchmarkResult benchmark(const Architecture& architecture, const Parameters& parameters,
                          const BenchmarkCase& what);

}  // namespace imnet
