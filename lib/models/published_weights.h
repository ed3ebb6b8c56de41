#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "preprocess/preprocessing.h"

namespace imnet {

/// One row of weights/published.tsv: published weights, and what is needed to use them.
struct PublishedWeights {
    std::string_view model;
    std::string_view name;    ///< "IMAGENET1K_V2", "a1h_in1k"
    bool is_default = false;  ///< of its model
    std::int64_t parameters = 0;
    double accuracy_top1 = 0;  ///< per cent on ILSVRC 2012's validation set, as published
    double accuracy_top5 = 0;
    double mebibytes = 0;
    Preprocessing preprocessing;
    std::string_view sha256;  ///< in hexadecimal: all 64 digits, only the first 8, or "-" where unknown
    std::string_view file;
    std::string_view url;
};

/// All rows, in the order of the table.
std::span<const PublishedWeights> published_weights();

/// The weights of that model and name, or null.
const PublishedWeights* find_published(std::string_view model, std::string_view name);

/// The default weights of a model, or null for a model that nobody has published weights for.
const PublishedWeights* default_weights(std::string_view model);

/// The weights of that model and name, or its default for an empty name. Throws ModelError that lists
/// what there is.
const PublishedWeights& published_named(std::string_view model, std::string_view name);

/// The preprocessing of the default weights of a model, or PyTorch's usual one where there are none.
Preprocessing default_preprocessing(std::string_view model);

/// Whether any published file of the model has about that size. Where none has, no hash is needed.
bool may_be_published(std::string_view model, std::uint64_t bytes);

/// The row of the model whose SHA-256 this is, or starts with the digits that the table holds (8 at
/// least); null where there is none. Rows without a hash are never found.
const PublishedWeights* identify_by_hash(std::string_view model, std::string_view sha256);

}  // namespace imnet
