// Resolves the options of the `imnet weights` commands.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "checkpoints/state_dict.h"
#include "cli/options.h"
#include "models/published_weights.h"

namespace imnet::app {

/// `weights path`: a file, or published weights to look for.
struct WeightsPathRun {
    const PublishedWeights* published = nullptr;
    std::filesystem::path file;  ///< used if `published` is null
};

struct WeightsFetchRun {
    const PublishedWeights* weights = nullptr;
    std::string url;
    bool quiet = false;
};

/// `weights verify`: published weights, a file, or, if neither is set, all published weights.
struct WeightsVerifyRun {
    const PublishedWeights* published = nullptr;
    std::optional<std::filesystem::path> file;
    std::optional<std::string> model;  ///< then only those of this model
};

struct WeightsInspectRun {
    std::string file;
    bool prefer_ema = false;
    bool json = false;
};

struct WeightsConvertRun {
    std::string file;
    std::string output;
    bool prefer_ema = false;
    std::optional<DType> dtype;
};

/// These throw UsageError, and ModelError for published weights that do not exist.
WeightsPathRun resolve_weights_path(const Options& options);
WeightsFetchRun resolve_weights_fetch(const Options& options);
WeightsVerifyRun resolve_weights_verify(const Options& options);
WeightsInspectRun resolve_weights_inspect(const Options& options);
WeightsConvertRun resolve_weights_convert(const Options& options);

}  // namespace imnet::app
