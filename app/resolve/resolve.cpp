#include "resolve/resolve.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "base/cpu_count.h"
#include "base/errors.h"
#include "base/mapped_file.h"
#include "base/nearest_names.h"
#include "base/sha256.h"
#include "checkpoints/checkpoint.h"
#include "checkpoints/finite.h"
#include "models/bundled_model.h"
#include "models/checkpoint_config.h"
#include "models/weight_cache.h"

namespace imnet::app {
namespace {

namespace fs = std::filesystem;

std::string model_name(const Options& options) { return options.model.value_or("resnet50"); }

ClassNames resolve_class_names(const Options& options, int classes, const StateDict& state_dict) {
    if (options.labels) return read_class_names(*options.labels, classes);
    if (auto own = checkpoint_class_names(state_dict, classes)) return *std::move(own);
    return classes == 1000 ? imagenet_class_names() : numbered_class_names(classes);
}

Preprocessing default_preprocessing(const std::string& model) {
    const PublishedWeights* weights = default_weights(model);
    return weights != nullptr ? weights->preprocessing : Preprocessing{};
}

Net random_net(const Options& options) {
    const int seed = number_in_range(options.seed, "--seed", 0, std::numeric_limits<int>::max(), 0);
    say(fmt::format("random weights (--no-weights, seed {}): the labels mean nothing", seed));
    Architecture net = architecture(model_name(options));
    Parameters parameters = random_parameters(net, static_cast<std::uint64_t>(seed));
    return {std::move(net),
            std::move(parameters),
            default_preprocessing(model_name(options)),
            resolve_class_names(options, 1000, {}),
            fmt::format("random, seed {}", seed),
            {}};
}

// A checkpoint file may be a copy of published weights under any name; its bytes tell which, and so
// which recipe its pictures need. All published weights have 1000 classes.
Preprocessing recognise_preprocessing(const std::string& model, int classes, const fs::path& path,
                                      const StateDict& state_dict) {
    if (const auto stated = checkpoint_preprocessing(state_dict)) return *stated;
    const PublishedWeights* published = nullptr;
    for (const PublishedWeights& row : published_weights()) {
        if (row.model == model && path.filename() == row.file) published = &row;
    }
    if (published == nullptr && classes == 1000 && fs::is_regular_file(path) &&
        may_be_published(model, fs::file_size(path)))
        published = identify_by_hash(model, sha256(MappedFile(path).bytes()));
    return published != nullptr ? published->preprocessing : default_preprocessing(model);
}

// Without --model, the architecture that the tensors' names and shapes fit; it is said which.
std::string recognise_model(const Options& options, const fs::path& path, const StateDict& state_dict) {
    if (options.model) return *options.model;
    const std::string_view fitting = fitting_architecture(state_dict);
    if (fitting.empty()) return model_name(options);  // binding will say what does not fit
    if (!options.quiet) {
        const int classes = head_classes(architecture(fitting), state_dict);
        say(fmt::format("{}: {} with {} classes", path.native(), fitting, classes));
    }
    return std::string(fitting);
}

Net net_from_file(const Options& options, const fs::path& path, const PublishedWeights* published) {
    const StateDict state_dict = read_checkpoint(path, {.prefer_ema = options.ema});
    const std::string model =
        published != nullptr ? model_name(options) : recognise_model(options, path, state_dict);
    Architecture net = architecture(model);
    if (const int classes = head_classes(net, state_dict); classes != 0 && classes != net.classes) {
        net = architecture(model, classes);
    }
    Parameters parameters = bind_parameters(net, state_dict, path.native());
    refuse_other_strides(state_dict, path.native());
    check_finite(state_dict, path.native());
    ClassNames class_names = resolve_class_names(options, net.classes, state_dict);
    const Preprocessing preprocessing = published != nullptr
                                            ? published->preprocessing
                                            : recognise_preprocessing(model, net.classes, path, state_dict);
    return {std::move(net),
            std::move(parameters),
            preprocessing,
            std::move(class_names),
            published != nullptr ? std::string(published->name) : path.native(),
            path};
}

// Trained, and small: what speaks is said, for its answers are modest.
Net bundled_net(const Options& options) {
    if (options.weights || options.no_weights) {
        throw UsageError(fmt::format("--model {} is a trained model: {} contradicts it", bundled_model,
                                     options.weights ? "--weights" : "--no-weights"));
    }
    Options silent = options;
    silent.model.reset();
    silent.quiet = true;
    Net net = net_from_file(silent, bundled_checkpoint(), nullptr);
    net.weights = bundled_model;
    if (!options.quiet) {
        say(fmt::format("{}: a small {} for {} of ImageNet's classes, at {} pixels", bundled_model,
                        net.architecture.name, net.architecture.classes, net.preprocessing.image_size));
    }
    return net;
}

Device parse_device(const std::string& text) {
    if (text == "auto") return {Device::Kind::automatic};
    if (text == "cpu") return {Device::Kind::cpu};
    if (text == "cuda") return {Device::Kind::cuda};
    if (text.starts_with("cuda:")) {
        Device device{Device::Kind::cuda};
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + 5, end, device.index);
        if (error == std::errc{} && stop == end && device.index >= 0) return device;
    }
    throw UsageError(fmt::format("--device {}: it takes auto, cpu, cuda or cuda:N", text));
}

}  // namespace

Net resolve_net(const Options& options) {
    if (options.model == bundled_model) return bundled_net(options);
    architecture(model_name(options));  // a wrong name is the first thing to say
    if (options.no_weights) {
        if (options.weights) throw UsageError("--weights and --no-weights contradict each other");
        return random_net(options);
    }
    if (options.seed) throw UsageError("--seed only goes with --no-weights");
    std::error_code ignored;
    if (options.weights && fs::exists(*options.weights, ignored)) {
        return net_from_file(options, *options.weights, nullptr);
    }
    const PublishedWeights& published = resolve_published(options, options.weights.value_or(""));
    const auto cached = find_cached(published);
    if (!cached) refuse_uncached(published);
    return net_from_file(options, *cached, &published);
}

std::vector<int> resolve_classes(std::string_view option, const std::string& typed,
                                 const ClassNames& class_names) {
    std::vector<int> classes = find_classes(class_names, typed);
    if (!classes.empty()) return classes;
    std::vector<std::string_view> names;
    for (const ClassName& label : class_names) names.push_back(label.name);
    const auto nearest = nearest_names(typed, names);
    throw UsageError(fmt::format("{} {}: the model has no class of that name, wnid or index{}{}", option,
                                 typed, nearest.empty() ? "" : "; near it: ", fmt::join(nearest, ", ")));
}

const PublishedWeights& resolve_published(const Options& options, const std::string& name) {
    const std::string model = model_name(options);
    if (model == bundled_model) {
        throw UsageError(fmt::format(
            "{} comes with imnet: there is nothing to fetch, and it has no published weights", model));
    }
    architecture(model);  // a wrong name is the first thing to say
    const PublishedWeights* weights = name.empty() ? default_weights(model) : find_published(model, name);
    if (weights != nullptr) return *weights;
    std::string known;
    for (const PublishedWeights& row : published_weights()) {
        if (row.model == model) known.append(known.empty() ? "" : ", ").append(row.name);
    }
    throw ModelError(fmt::format(
        "{}: no such file, and no published weights of {} are called so: there are {}", name, model, known));
}

void refuse_uncached(const PublishedWeights& weights) {
    throw ModelError(fmt::format(
        "the weights {} of {} are not on this machine: run 'imnet weights fetch --model {} {}' ({:.0f} MiB), "
        "or use --no-weights for random ones",
        weights.name, weights.model, weights.model, weights.name, weights.mebibytes));
}

Preprocessing resolve_preprocessing(const Options& options, Preprocessing own) {
    const int size = number_in_range(options.size, "--size", 32, 1024, own.image_size);
    const int proportional =
        static_cast<int>(static_cast<double>(own.short_side) * size / own.image_size + 0.5);
    own.short_side = number_in_range(options.short_side, "--short-side", size, 4096, proportional);
    own.image_size = size;
    return own;
}

EngineOptions resolve_engine(const Options& options) {
    EngineOptions resolved;
    resolved.device = parse_device(options.device.value_or("auto"));
    resolved.threads = resolve_threads(options);
    const std::string engine = options.engine.value_or("auto");
    if (engine == "onednn") resolved.kind = EngineKind::onednn;
    if (engine == "torch") resolved.kind = EngineKind::torch;
    const std::string precision = options.precision.value_or("fp32");
    if (precision == "bf16") resolved.precision = Precision::bf16;
    if (precision == "auto") resolved.precision = Precision::automatic;
    return resolved;
}

int resolve_threads(const Options& options) {
    const int usable = usable_cores();
    const int wanted = number_in_range(options.threads, "--threads", 1, 65536, usable);
    if (wanted > usable) {
        if (!options.quiet)
            say(fmt::format("--threads {}: this process may use {} cores, no more", wanted, usable));
        return usable;
    }
    return wanted;
}

int number_in_range(const std::optional<std::int64_t>& typed, std::string_view option, int smallest,
                    int largest, int fallback) {
    if (!typed) return fallback;
    if (*typed < smallest || *typed > largest) {
        throw UsageError(
            fmt::format("{} {}: it takes a number from {} to {}", option, *typed, smallest, largest));
    }
    return static_cast<int>(*typed);
}

double real_in_range(const std::optional<double>& typed, std::string_view option, double smallest,
                     double largest, double fallback) {
    if (!typed) return fallback;
    if (!(*typed >= smallest && *typed <= largest)) {
        throw UsageError(
            fmt::format("{} {}: it takes a number from {} to {}", option, *typed, smallest, largest));
    }
    return *typed;
}

void say(const std::string& message) { fmt::print(stderr, "imnet: {}\n", message); }

}  // namespace imnet::app
