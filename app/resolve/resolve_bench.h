// Resolves the options of `imnet bench`.
#pragma once

#include <string>
#include <vector>

#include "benchmark.h"
#include "cli/options.h"
#include "models/model.h"

namespace imnet::app {

struct BenchRun {
    ModelRequest model;
    bool any_weights = false;          ///< no weights were typed, so random ones are measured
    std::vector<BenchmarkCase> cases;  ///< complete except for the size of the images
    std::string version;               ///< of imnet
    bool json = false;
    bool quiet = false;
};

/// Throws UsageError.
BenchRun resolve_bench(const Options& options);

}  // namespace imnet::app
