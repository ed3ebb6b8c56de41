#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "preprocess/preprocessing.h"

namespace imnet {

/// On the validation set of ILSVRC 2012, in per cent, as published.
struct Accuracy {
    double top1 = 0;
    double top5 = 0;
};

/// One row of weights/published.tsv: published weights, and what is needed to use them.
struct PublishedWeights {
    std::string_view model;      ///< the name of its architecture: "resnet50", "timm/resnet50"
    std::string_view name;       ///< "IMAGENET1K_V2"; timm's tag, "a1h_in1k"
    std::string_view publisher;  ///< "torchvision", "timm"
    std::string_view family;     ///< "torchvision ResNet", "BiT"
    bool is_default = false;     ///< of its model
    int classes = 1000;
    std::int64_t parameters = 0;
    double mebibytes = 0;
    Preprocessing preprocessing;                      ///< for timm's weights with the size of their training
    std::optional<Accuracy> accuracy;                 ///< with `preprocessing`
    std::optional<Preprocessing> test_preprocessing;  ///< with timm's test size and crop, where these differ
    std::optional<Accuracy> test_accuracy;            ///< with `test_preprocessing`
    std::string_view licence;                         ///< "-" where the publisher's code states none
    std::string_view sha256;  ///< in hexadecimal: all 64 digits, only the first 8, or "-" where unknown
    std::string_view file;
    std::string_view url;

    /// The name that says both, as `--model` takes it: "resnet50.a1_in1k", "resnet50.IMAGENET1K_V2".
    std::string full_name() const;

    /// Whether `url` is a file that imnet does not read, Keras's HDF5, and `file` is what
    /// scripts/convert-keras makes of it.
    bool must_be_converted() const { return url.ends_with(".h5"); }
};

/// The name of the architecture without "timm/", as its publisher writes it.
std::string_view without_publisher(std::string_view model);

/// All rows, in the order of the table.
std::span<const PublishedWeights> published_weights();

/// The weights of that model and name, or null.
const PublishedWeights* find_published(std::string_view model, std::string_view name);

/// The default weights of a model, or null for a model that nobody has published weights for.
const PublishedWeights* default_weights(std::string_view model);

/// The weights of that model and name, or its default for an empty name. Throws ModelError that lists
/// what there is.
const PublishedWeights& published_named(std::string_view model, std::string_view name);

/// Whether any published file of the model with a known hash has about that size. Where none has, no hash is
/// needed.
bool may_be_published(std::string_view model, std::uint64_t bytes);

/// The row of the model whose SHA-256 this is, or starts with the digits that the table holds (8 at
/// least); null where there is none. Rows without a hash are never found.
const PublishedWeights* identify_by_hash(std::string_view model, std::string_view sha256);

}  // namespace imnet
