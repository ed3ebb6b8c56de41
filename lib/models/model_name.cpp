#include "models/model_name.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/errors.h"
#include "base/lower_case.h"
#include "base/nearest_names.h"
#include "models/architecture.h"

namespace imnet {
namespace {

constexpr std::string_view default_weights_name = "DEFAULT";

// A name, taken apart. Each part but the net may be empty.
struct Parts {
    std::string publisher;  // "timm"
    std::string net;        // "resnet50"
    std::string weights;    // "a1_in1k"
};

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

Parts take_apart(std::string_view typed) {
    std::string_view name = typed;
    for (const std::string_view prefix : {"hf-hub:", "hf_hub:", "https://huggingface.co/"})
        if (take(name, prefix)) break;
    take(name, "torchvision.");
    take(name, "models.");
    const std::size_t dot = std::min(name.find('.'), name.size());
    std::string_view net = name.substr(0, dot);
    std::string_view weights = name.substr(std::min(dot + 1, name.size()));
    weights = weights.substr(0, weights.find('/'));  // an address may go on: /tree/main
    constexpr std::string_view enumeration = "_Weights";
    if (net.ends_with(enumeration)) {
        net.remove_suffix(enumeration.size());
        return {"torchvision", lower_case(std::string(net)),
                std::string(weights.empty() ? default_weights_name : weights)};
    }
    Parts parts{"", "", std::string(weights)};
    const std::size_t slash = net.find('/');
    if (slash != std::string_view::npos) {
        parts.publisher = net.substr(0, slash);
        net.remove_prefix(slash + 1);
    }
    // Without timm's prefix for weights that came from TensorFlow, as other programs call the same nets.
    parts.net = net.starts_with("efficientnet_lite") ? "tf_" + std::string(net) : net;
    return parts;
}

bool is_publisher(std::string_view name) {
    return name.empty() || std::ranges::any_of(published_weights(), [&](const PublishedWeights& row) {
               return row.publisher == name;
           });
}

bool fits(const PublishedWeights& row, const Parts& parts) {
    return without_publisher(row.model) == parts.net &&
           (parts.publisher.empty() || row.publisher == parts.publisher);
}

// Without a publisher the name of an architecture is meant as it is: `resnet50` is torchvision's.
std::optional<std::string> find_architecture(const Parts& parts) {
    const auto names = architecture_names();
    const bool exists = std::ranges::find(names, parts.net) != names.end();
    if (parts.publisher.empty() && exists) return parts.net;
    for (const PublishedWeights& row : published_weights()) {
        if (fits(row, parts) && (!parts.publisher.empty() || row.model == parts.net))
            return std::string(row.model);
    }
    return std::nullopt;
}

const PublishedWeights* find_weights(const Parts& parts) {
    if (parts.weights == default_weights_name) {
        const auto architecture = find_architecture(parts);
        return architecture ? default_weights(*architecture) : nullptr;
    }
    const auto rows = published_weights();
    const auto found = std::ranges::find_if(
        rows, [&](const PublishedWeights& row) { return fits(row, parts) && row.name == parts.weights; });
    return found == rows.end() ? nullptr : &*found;
}

std::optional<ModelName> find_model(const Parts& parts) {
    if (!parts.weights.empty()) {
        const PublishedWeights* weights = find_weights(parts);
        if (weights == nullptr) return std::nullopt;
        return ModelName{std::string(weights->model), weights};
    }
    auto architecture = find_architecture(parts);
    if (!architecture) return std::nullopt;
    return ModelName{*std::move(architecture)};
}

std::string suggestions(std::string_view typed, std::span<const std::string_view> known) {
    const auto near = nearest_names(typed, known);
    return near.empty() ? "" : fmt::format(": did you mean {}?", fmt::join(near, " or "));
}

[[noreturn]] void refuse_net(std::string_view typed, const Parts& parts) {
    if (!is_publisher(parts.publisher)) {
        throw UsageError(
            fmt::format("{}: imnet knows published weights of torchvision and timm only: download those of "
                        "{} and give the "
                        "file or folder to --weights",
                        typed, parts.publisher));
    }
    const std::vector<std::string> names = known_model_names();
    throw UsageError(
        fmt::format("no architecture is called '{}'{} ('imnet models' lists them all)", typed,
                    suggestions(typed, std::vector<std::string_view>(names.begin(), names.end()))));
}

// Throws for weights that the net does not have.
[[noreturn]] void refuse_weights(std::string_view typed, const Parts& parts, bool may_be_file) {
    std::vector<std::string_view> known;
    for (const PublishedWeights& row : published_weights())
        if (fits(row, parts)) known.push_back(row.name);
    if (known.empty()) refuse_net(typed, parts);
    const std::string near = suggestions(parts.weights, known);
    throw ModelError(fmt::format("{}: {}no published weights of {} with this name{} it has {}", typed,
                                 may_be_file ? "there is no such file, and " : "there are ", parts.net,
                                 near.empty() ? ":" : near, fmt::join(known, ", ")));
}

}  // namespace

std::vector<std::string> known_model_names() {
    std::vector<std::string> names;
    for (const std::string_view name : architecture_names()) names.emplace_back(name);
    const std::set<std::string, std::less<>> architectures(names.begin(), names.end());
    for (const PublishedWeights& row : published_weights()) {
        if (row.is_default && !architectures.contains(row.model)) names.emplace_back(row.model);
        names.push_back(row.full_name());
    }
    return names;
}

ModelName parse_model_name(std::string_view typed) {
    const Parts parts = take_apart(typed);
    if (auto found = find_model(parts)) return *std::move(found);
    if (parts.weights.empty()) refuse_net(typed, parts);
    refuse_weights(typed, parts, false);
}

ModelName parse_model_name(std::string_view model, std::string_view weights) {
    if (weights.empty()) return parse_model_name(model.empty() ? default_architecture : model);
    const auto stated = find_model(take_apart(weights));
    if (model.empty()) {
        if (stated) return *stated;
        model = default_architecture;
    }
    const PublishedWeights* found = stated ? stated->weights : nullptr;
    const ModelName named = parse_model_name(model);
    Parts parts = take_apart(model);
    if (found == nullptr) {
        parts.weights = weights;
        found = find_weights(parts);
    }
    if (found == nullptr) refuse_weights(weights, parts, true);
    if (!fits(*found, parts) || (named.weights != nullptr && named.weights != found)) {
        throw UsageError(
            fmt::format("the model {} and the weights {} contradict each other", model, weights));
    }
    return {std::string(found->model), found};
}

}  // namespace imnet
