#include "models/model.h"

#include <utility>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "base/sha256.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/finite.h"
#include "models/bundled_model.h"
#include "models/checkpoint_config.h"
#include "models/published_weights.h"
#include "models/recognise_architecture.h"
#include "models/weight_cache.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

std::string architecture_name(const ModelRequest& request) {
    return request.architecture.empty() ? std::string(default_architecture) : request.architecture;
}

ClassNames find_class_names(const ModelRequest& request, int classes, const StateDict& state_dict) {
    if (request.class_names) return read_class_names(*request.class_names, classes);
    if (auto own = checkpoint_class_names(state_dict, classes)) return *std::move(own);
    return classes == 1000 ? imagenet_class_names() : numbered_class_names(classes);
}

struct RecognisedPreprocessing {
    Preprocessing preprocessing;
    RecognisedBy by;
};

// A checkpoint may be a copy of published weights under any name. Its hash then tells which, and so the
// preprocessing that they need. All published weights have 1000 classes.
RecognisedPreprocessing recognise_preprocessing(const std::string& architecture, int classes,
                                                const fs::path& path, const StateDict& state_dict) {
    if (const auto stated = checkpoint_preprocessing(state_dict)) return {*stated, RecognisedBy::metadata};
    for (const PublishedWeights& row : published_weights()) {
        if (row.model == architecture && path.filename() == row.file)
            return {row.preprocessing, RecognisedBy::file_name};
    }
    if (classes == 1000 && fs::is_regular_file(path) && may_be_published(architecture, fs::file_size(path))) {
        const std::string hash = sha256(MappedFile(path).bytes());
        if (const PublishedWeights* row = identify_by_hash(architecture, hash))
            return {row->preprocessing, RecognisedBy::sha256};
    }
    return {default_preprocessing(architecture), RecognisedBy::nothing};
}

// If no architecture fits, the default one is returned: binding its parameters then says what does not fit.
std::string architecture_of(const ModelRequest& request, const fs::path& path, const StateDict& state_dict,
                            std::vector<ModelNote>& notes) {
    if (!request.architecture.empty()) return request.architecture;
    const std::string recognised = recognise_architecture(state_dict, path);
    if (recognised.empty()) return std::string(default_architecture);
    const int classes = head_classes(architecture(recognised), state_dict);
    notes.push_back({.text = fmt::format("{}: {} with {} classes", path.native(), recognised, classes)});
    return recognised;
}

// `published` is null for a checkpoint that the user gave as a file.
Model read_model(const ModelRequest& request, const fs::path& path, const PublishedWeights* published) {
    const StateDict state_dict = read_checkpoint(path, {.prefer_ema = request.prefer_ema});
    Model model;
    const std::string name = published != nullptr ? architecture_name(request)
                                                  : architecture_of(request, path, state_dict, model.notes);
    model.architecture = architecture(name);
    if (const int classes = head_classes(model.architecture, state_dict);
        classes != 0 && classes != model.architecture.classes) {
        model.architecture = architecture(name, classes);
    }
    model.parameters = bind_parameters(model.architecture, state_dict, path.native());
    refuse_other_strides(state_dict, path.native());
    check_finite(state_dict, path.native());
    model.class_names = find_class_names(request, model.architecture.classes, state_dict);
    if (published != nullptr) {
        model.preprocessing = published->preprocessing;
        model.provenance = {.weights = std::string(published->name),
                            .path = path,
                            .recognised_by = RecognisedBy::published_name};
    } else {
        const auto recognised = recognise_preprocessing(name, model.architecture.classes, path, state_dict);
        model.preprocessing = recognised.preprocessing;
        model.provenance = {.weights = path.native(), .path = path, .recognised_by = recognised.by};
    }
    return model;
}

Model load(const ModelRequest& request, const PublishedSource& source) {
    const PublishedWeights& weights = published_named(architecture_name(request), source.name);
    return read_model(request, cached_checkpoint(weights), &weights);
}

Model load(const ModelRequest& request, const CheckpointSource& source) {
    return read_model(request, source.path, nullptr);
}

// A note says which model is used, because it knows few classes.
Model load(const ModelRequest& request, const BundledSource&) {
    Model model = read_model(request, bundled_checkpoint(), nullptr);
    model.provenance.weights = bundled_model;
    model.notes = {{.text = fmt::format("{}: a small {} for {} of ImageNet's classes, at {} pixels",
                                        bundled_model, model.architecture.name, model.architecture.classes,
                                        model.preprocessing.image_size)}};
    return model;
}

Model load(const ModelRequest& request, const RandomSource& source) {
    Model model;
    model.architecture = architecture(architecture_name(request), source.classes);
    model.parameters = random_parameters(model.architecture, source.seed);
    model.class_names = find_class_names(request, source.classes, {});
    model.preprocessing = default_preprocessing(model.architecture.name);
    model.provenance.weights = fmt::format("random, seed {}", source.seed);
    model.notes.push_back(
        {ModelNote::Kind::warning,
         fmt::format("random weights (--no-weights, seed {}): the predictions mean nothing", source.seed)});
    return model;
}

}  // namespace

Model load_model(const ModelRequest& request) {
    if (!request.architecture.empty())
        architecture(request.architecture);  // an unknown name is reported before any other error
    Model model = std::visit([&](const auto& source) { return load(request, source); }, request.source);
    model.provenance.prefer_ema = request.prefer_ema;
    return model;
}

Model with_class_names(Model model, ClassNames class_names, std::uint64_t seed) {
    if (model.class_names == class_names) return model;
    model.architecture = architecture(model.architecture.name, static_cast<int>(class_names.size()));
    model.parameters = with_new_head(model.architecture, model.parameters, seed);
    model.class_names = std::move(class_names);
    return model;
}

}  // namespace imnet
