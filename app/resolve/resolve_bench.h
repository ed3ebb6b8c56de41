// What the typed options of `imnet bench` mean.
#pragma once

#include <string>
#include <vector>

#include "benchmark.h"
#include "cli/options.h"
#include "models/model.h"

namespace imnet::app {

struct BenchRun {
    ModelRequest model;
    bool any_weights = false;          ///< none were asked for, so random ones are measured
    std::vector<BenchmarkCase> cases;  ///< but for the size of the images
    std::string version;               ///< of this program
    bool json = false;
    bool quiet = false;
};

/// Throws UsageError.
BenchRun resolve_bench(const Options& options);

}  // namespace imnet::app
