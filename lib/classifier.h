// A model on an engine: what a program needs to classify pictures.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "classify.h"
#include "engines/engine.h"
#include "models/model.h"
#include "rows/top_k.h"

namespace imnet {

/// What `classify` takes.
struct Classifier {
    std::unique_ptr<Engine> engine;
    ClassifyOptions options;
};

/// Puts the model on its device, and completes the options with what the model and the engine say: the
/// preprocessing, the activation, the number of classes, the threads, and the batch where it is 0. Throws
/// ModelError, and UsageError as `check_activation`.
Classifier open_classifier(const Model& model, EngineOptions engine_options = {},
                           ClassifyOptions options = {});

/// The most probable classes of one picture, a file or "-" for standard input.
Expected<std::vector<Prediction>> classify_picture(const Classifier& classifier, const std::string& path);

}  // namespace imnet
