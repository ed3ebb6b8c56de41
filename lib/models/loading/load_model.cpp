#include "models/model.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/finite.h"
#include "models/bundled_model.h"
#include "models/checkpoint_config.h"
#include "models/loading/check_variances.h"
#include "models/loading/choose_network.h"
#include "models/loading/read_class_names.h"
#include "models/published_weights.h"
#include "models/recognise_architecture.h"
#include "models/refuse_other_networks.h"
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
    return class_names_of_head(classes);
}

// The preprocessing for each size of a model, and what told it.
struct KnownPreprocessing {
    Preprocessing training;
    std::optional<Preprocessing> test;
    RecognisedBy by = RecognisedBy::nothing;
};

KnownPreprocessing preprocessing_of(const PublishedWeights& row, RecognisedBy by) {
    return {row.preprocessing, row.test_preprocessing, by};
}

// That of the weights that the request names, or of the default weights of the architecture, or PyTorch's
// usual one.
KnownPreprocessing assumed_preprocessing(const ModelRequest& request, std::string_view architecture) {
    const PublishedWeights* row = request.preprocessing_of.empty()
                                      ? default_weights(architecture)
                                      : find_published(architecture, request.preprocessing_of);
    return row == nullptr ? KnownPreprocessing{} : preprocessing_of(*row, RecognisedBy::nothing);
}

// A checkpoint may be a copy of published weights under any name. Its hash then tells which, and so the
// preprocessing that they need. All published weights whose hash is known have 1000 classes.
KnownPreprocessing recognise_preprocessing(const ModelRequest& request, std::string_view architecture,
                                           int classes, const fs::path& path, const StateDict& state_dict) {
    if (const auto stated = checkpoint_preprocessing(state_dict, path.native()))
        return {*stated, checkpoint_test_preprocessing(state_dict, path.native()), RecognisedBy::metadata};
    const std::string_view net = without_publisher(architecture);
    for (const PublishedWeights& row : published_weights()) {
        if (without_publisher(row.model) == net && path.filename() == row.file)
            return preprocessing_of(row, RecognisedBy::file_name);
    }
    if (classes == 1000 && fs::is_regular_file(path) && may_be_published(net, fs::file_size(path))) {
        const std::string hash = sha256(MappedFile(path).bytes());
        if (const PublishedWeights* row = identify_by_hash(net, hash))
            return preprocessing_of(*row, RecognisedBy::sha256);
    }
    return assumed_preprocessing(request, architecture);
}

// `source` names the model in the error.
Preprocessing at_requested_size(const ModelRequest& request, const KnownPreprocessing& known,
                                std::string_view source) {
    if (!request.test_size) return known.training;
    if (known.test) return *known.test;
    throw UsageError(
        fmt::format("--test-size: only one size of {} is known, {} pixels: leave --test-size out", source,
                    known.training.image_size));
}

bool fits_with_its_head(std::string_view name, const StateDict& state_dict) {
    const Architecture described = architecture(name);
    const int classes = head_classes(described, state_dict);
    return classes != 0 &&
           fits(classes == described.classes ? described : architecture(name, classes), state_dict);
}

// The tensors of the model in a checkpoint, and the name of the architecture that they are for.
struct NamedNetwork {
    std::string architecture;
    ChosenNetwork network;
};

NamedNetwork find_network(const ModelRequest& request, const fs::path& path, StateDict state_dict) {
    const std::string& asked = request.architecture;
    std::string name = asked.empty() ? recognise_architecture(state_dict, path) : asked;
    if (!name.empty() && fits_with_its_head(name, state_dict))
        return {name, {std::move(state_dict), true, ""}};
    ChosenNetwork network = choose_network(state_dict, name, request.prefer_ema, path.native());
    if (asked.empty()) name = recognise_architecture(network.tensors, path);
    return {name, std::move(network)};
}

[[noreturn]] void refuse_backbone(std::string_view architecture, const ChosenNetwork& network,
                                  const fs::path& path) {
    throw ModelError(
        fmt::format("{0}: this is a {1} without a classifier{2}: train one with 'imnet finetune DIR "
                    "--weights {0} -o FILE'",
                    path.native(), architecture,
                    network.why_no_head.empty() ? "" : fmt::format(" ({})", network.why_no_head)));
}

// `published` is null for a checkpoint that the user gave as a file.
Model read_model(const ModelRequest& request, const fs::path& path, const PublishedWeights* published) {
    const auto [name, network] =
        find_network(request, path, read_checkpoint(path, {.prefer_ema = request.prefer_ema}));
    const StateDict& state_dict = network.tensors;
    Model model;
    model.architecture = architecture(name);
    if (const int classes = head_classes(model.architecture, state_dict);
        classes != 0 && classes != model.architecture.classes) {
        model.architecture = architecture(name, classes);
    }
    model.parameters = bind_parameters(model.architecture, state_dict, path.native());
    refuse_other_networks(state_dict, model.architecture, !request.architecture.empty(), path.native());
    check_finite(state_dict, path.native());
    check_variances(model.architecture, model.parameters, path.native());
    if (!network.has_head && !request.backbone_suffices) refuse_backbone(name, network, path);
    const int classes = model.architecture.classes;
    if (network.has_head) model.class_names = find_class_names(request, classes, state_dict);
    const auto known = published != nullptr
                           ? preprocessing_of(*published, RecognisedBy::published_name)
                           : recognise_preprocessing(request, name, classes, path, state_dict);
    const std::string source = published != nullptr ? published->full_name() : path.native();
    model.preprocessing = at_requested_size(request, known, source);
    for (const std::string& remark : state_dict.remarks)
        model.notes.push_back({.text = fmt::format("{}: {}", path.native(), remark)});
    model.activation = checkpoint_activation(state_dict);
    model.provenance = {.weights = published != nullptr ? std::string(published->name) : path.native(),
                        .path = path,
                        .recognised_by = known.by};
    return model;
}

// Says which model answers, because the user may not have named it, or not fully, and from where.
std::string describe_published(const PublishedWeights& weights, const Preprocessing& preprocessing,
                               bool test_size, const fs::path& path) {
    const std::string classes = weights.classes == 1000 ? "" : fmt::format(", {} classes", weights.classes);
    const std::string origin = is_bundled_checkpoint(path) ? ", from the file that comes with imnet"
                               : is_bundled(weights)       ? fmt::format(", from {}", path.native())
                                                           : "";
    return fmt::format("{} ({}){}, {} {} pixels{}", weights.full_name(), weights.publisher, classes,
                       test_size ? "at its test size of" : "for", preprocessing.image_size, origin);
}

Model load(const ModelRequest& request, const PublishedSource& source) {
    ModelRequest complete = request;
    complete.architecture = architecture_name(request);
    const PublishedWeights& weights = published_named(complete.architecture, source.name);
    const fs::path path = checkpoint_of(weights);
    if (is_bundled_checkpoint(path)) check_bundled_checkpoint(path);
    Model model = read_model(complete, path, &weights);
    model.notes.insert(model.notes.begin(),
                       {.text = describe_published(weights, model.preprocessing, request.test_size, path)});
    return model;
}

Model load(const ModelRequest& request, const CheckpointSource& source) {
    Model model = read_model(request, source.path, nullptr);
    const std::string classes = model.class_names.empty()
                                    ? "without a classifier"
                                    : fmt::format("with {} classes", model.architecture.classes);
    model.notes.insert(model.notes.begin(), {.text = fmt::format("{}: {} {}", source.path.native(),
                                                                 model.architecture.name, classes)});
    return model;
}

Model load(const ModelRequest& request, const RandomSource& source) {
    Model model;
    model.architecture = architecture(architecture_name(request), source.classes);
    model.parameters = random_parameters(model.architecture, source.seed);
    model.class_names = find_class_names(request, source.classes, {});
    model.preprocessing = at_requested_size(request, assumed_preprocessing(request, model.architecture.name),
                                            model.architecture.name);
    model.provenance.weights = fmt::format("random, seed {}", source.seed);
    model.notes.push_back(
        {ModelNote::Kind::warning,
         fmt::format("{} with random weights (--no-weights, seed {}): the predictions mean nothing",
                     model.architecture.name, source.seed)});
    return model;
}

// Where nothing tells which preprocessing the weights need, the user overrides only a guess.
void apply_stated(const StatedPreprocessing& stated, Model& model) {
    const std::vector<std::string> options = overriding(stated, model.preprocessing);
    if (!options.empty() && model.provenance.recognised_by != RecognisedBy::nothing) {
        const Provenance& origin = model.provenance;
        const std::string source = origin.weights == origin.path.native()
                                       ? origin.weights
                                       : fmt::format("{} {}", model.architecture.name, origin.weights);
        model.notes.push_back(
            {.text = fmt::format("{}: its own preprocessing is {}; {} override{} it", source,
                                 describe(model.preprocessing), fmt::join(options, ", "),
                                 options.size() == 1 ? "s" : "")});
    }
    model.preprocessing = with_stated(stated, model.preprocessing);
}

}  // namespace

Model load_model(const ModelRequest& asked) {
    ModelRequest request = asked;
    if (!asked.architecture.empty()) {  // an unknown name is reported before any other error
        const ModelName stated = parse_model_name(asked.architecture);
        request.architecture = stated.architecture;
        if (stated.weights != nullptr) {
            if (request.preprocessing_of.empty()) request.preprocessing_of = stated.weights->name;
            auto* published = std::get_if<PublishedSource>(&request.source);
            if (published != nullptr && published->name.empty()) published->name = stated.weights->name;
        }
    }
    Model model = std::visit([&](const auto& source) { return load(request, source); }, request.source);
    model.provenance.prefer_ema = request.prefer_ema;
    apply_stated(request.stated, model);
    if (request.activation) model.activation = *request.activation;
    return model;
}

void check_activation(const Model& model) {
    if (model.architecture.classes > 1 || model.activation == OutputActivation::sigmoid) return;
    throw UsageError(fmt::format(
        "{}: its head has one output, of which softmax makes 100 % for every image: use --activation "
        "sigmoid if it was trained with binary cross-entropy",
        model.provenance.weights));
}

Model with_class_names(Model model, ClassNames class_names, std::uint64_t seed) {
    if (model.class_names == class_names) return model;
    model.architecture = architecture(model.architecture.name, static_cast<int>(class_names.size()));
    model.parameters = with_new_head(model.architecture, model.parameters, seed);
    model.class_names = std::move(class_names);
    model.activation = OutputActivation::softmax;
    return model;
}

}  // namespace imnet
