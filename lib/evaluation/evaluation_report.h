// What an evaluation has found, as text for people, as JSON, or as a table of the classes.
#pragma once

#include <cstdint>
#include <string>

#include "evaluation/evaluation.h"
#include "models/class_names.h"

namespace imnet {

/// What was evaluated on what.
struct EvaluationFacts {
    std::string data;              ///< the folder
    std::string model;             ///< "resnet50"
    std::string weights;           ///< name of published weights, file, or "random, seed 0"
    std::string engine;            ///< "oneDNN 3.2.0"
    std::string device;            ///< "cpu"
    std::string precision;         ///< "fp32"
    std::string recipe;            ///< "resize 256, crop 224, bilinear"
    std::string mapping;           ///< how the data's labels were found among the classes: "200 by wnid"
    std::uint64_t unlabelled = 0;  ///< pictures left out that have no label,
    std::uint64_t unknown = 0;     ///< or one that no class has
    std::uint64_t missing = 0;     ///< pictures that the list names and that are not there
};

/// The figures, the least accurate classes first, and the pairs that were most often taken for each
/// other. Control characters of names are made harmless.
std::string evaluation_text(const Evaluation& evaluation, const ClassNames& class_names,
                            const EvaluationFacts& facts);

/// The first part of the text alone: some lines of figures.
std::string evaluation_summary(const Evaluation& evaluation, const EvaluationFacts& facts);

/// One object with all figures, classes (in index order), confused pairs and calibration bins. Shares
/// are from 0 to 1.
std::string evaluation_json(const Evaluation& evaluation, const ClassNames& class_names,
                            const EvaluationFacts& facts);

/// A line a class of which there are pictures, RFC 4180: index, wnid, label, images, top1, top5 (counts),
/// predicted (pictures of any class whose first label it is), accuracy, and its interval of 95 %.
std::string evaluation_csv(const Evaluation& evaluation, const ClassNames& class_names);

}  // namespace imnet
