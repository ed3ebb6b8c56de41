// How fast the engines are on this machine, without any pictures.
#pragma once

#include <string>
#include <vector>

#include "engines/engine.h"

namespace imnet {

/// What is measured: one engine, in one way.
struct BenchmarkCase {
    EngineOptions engine;      ///< with the batch, the size of the images and the number of threads
    int samples = 5;           ///< of each figure
    double seconds = 1;        ///< that a sample should take
    double most_seconds = 30;  ///< for all samples of a figure; slow engines give fewer, at least one
};

struct BenchmarkResult {
    std::string library;
    std::string device;
    Precision precision = Precision::fp32;  ///< that was really computed in
    std::string remark;
    double ready_seconds = 0;               ///< to fold, pack and generate
    std::vector<double> images_per_second;  ///< with as many workers as threads, each with its own batches
    std::vector<double> latency_ms;         ///< of one batch that has all threads
};

/// Runs random images through the net. Throws what `open_engine` does.
BenchmarkResult benchmark(const Architecture& architecture, const Parameters& parameters,
                          const BenchmarkCase& what);

}  // namespace imnet
