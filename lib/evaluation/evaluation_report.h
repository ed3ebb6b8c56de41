// The result of an evaluation: as text for people, as JSON, or as a table of the classes.
#pragma once

#include <cstdint>
#include <string>

#include "evaluation/evaluation.h"
#include "models/class_names.h"

namespace imnet {

/// Which model was evaluated, on which data, and how.
struct EvaluationFacts {
    std::string data;              ///< the folder
    std::string model;             ///< "resnet50"
    std::string weights;           ///< name of published weights, file, or "random, seed 0"
    std::string engine;            ///< "oneDNN 3.2.0"
    std::string device;            ///< "cpu"
    std::string precision;         ///< "fp32"
    std::string recipe;            ///< "resize 256, crop 224, bilinear"
    std::string mapping;           ///< how the targets were found among the model's classes: "200 by wnid"
    std::uint64_t unlabelled = 0;  ///< pictures that are left out: they have no target,
    std::uint64_t unknown = 0;     ///< or one that no class of the model matches
    std::uint64_t missing = 0;     ///< pictures that are in the list but do not exist
};

/// The figures, the classes (the least accurate first), and the pairs that were confused most often. Safe to
/// show on a terminal.
std::string evaluation_text(const Evaluation& evaluation, const ClassNames& class_names,
                            const EvaluationFacts& facts);

/// Only the first part of the text: a few lines of figures.
std::string evaluation_summary(const Evaluation& evaluation, const EvaluationFacts& facts);

/// One object with all figures, classes (in index order), confused pairs and calibration bins. Shares
/// are from 0 to 1.
std::string evaluation_json(const Evaluation& evaluation, const ClassNames& class_names,
                            const EvaluationFacts& facts);

/// A line for each class that has pictures, RFC 4180: index, wnid, label, images, top1, top5 (counts),
/// predicted (pictures of any target whose first prediction it is), accuracy, and its 95 % interval.
std::string evaluation_csv(const Evaluation& evaluation, const ClassNames& class_names);

}  // namespace imnet
