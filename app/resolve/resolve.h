// What the typed options mean: which net, with which weights, labels and preprocessing, where it
// runs and with how many threads.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "engines/engine.h"
#include "models/architecture.h"
#include "models/class_names.h"
#include "models/parameters.h"
#include "models/published_weights.h"
#include "preprocess/preprocessing.h"

namespace imnet::app {

/// A net that is ready to be put on a device, and what its inputs and outputs are.
struct Net {
    Architecture architecture;
    Parameters parameters;
    Preprocessing preprocessing;
    ClassNames class_names;
    std::string weights;                 ///< name of published weights, file, or "random, seed 0"
    std::filesystem::path weights_path;  ///< the checkpoint; empty for random weights
};

/// Finds and reads the net. Random weights are announced on standard error. Throws UsageError for
/// options that contradict each other, ModelError where the weights are missing or do not fit.
Net resolve_net(const Options& options);

/// The classes that an option's word means: a name, a wnid or an index. Throws UsageError, with the
/// nearest names, where it means none.
std::vector<int> resolve_classes(std::string_view option, const std::string& typed,
                                 const ClassNames& class_names);

/// The recipe for another --size keeps the proportion of crop and short side, unless that is given.
Preprocessing resolve_preprocessing(const Options& options, Preprocessing own);

/// How the net is to run, but for the size and number of its images. Throws UsageError for what is no
/// device.
EngineOptions resolve_engine(const Options& options);

/// Cores to use, never more than this process may use; more is said on standard error.
int resolve_threads(const Options& options);

/// The published weights of that name, or the model's default where it is empty. Throws UsageError
/// that lists what there is.
const PublishedWeights& resolve_published(const Options& options, const std::string& name);

/// The error for published weights that are not on this machine.
[[noreturn]] void refuse_uncached(const PublishedWeights& weights);

/// A whole number that must lie in a range; `fallback` where it was not typed. Throws UsageError.
int number_in_range(const std::optional<std::int64_t>& typed, std::string_view option, int smallest,
                    int largest, int fallback);

/// The same of a number that need not be whole.
double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback);

/// Prints one line on standard error: "imnet: …".
void say(const std::string& message);

}  // namespace imnet::app
