// What the typed options mean: which net, with which weights, labels and preprocessing, where it
// runs and with how many threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"
#include "engines/engine.h"
#include "models/class_names.h"
#include "models/published_weights.h"
#include "preprocess/preprocessing.h"

namespace imnet::app {

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

/// A whole number that must lie in a range; `fallback` where it was not typed. Throws UsageError.
int number_in_range(const std::optional<std::int64_t>& typed, std::string_view option, int smallest,
                    int largest, int fallback);

/// The same of a number that need not be whole.
double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback);

}  // namespace imnet::app
