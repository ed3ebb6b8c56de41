#include "resolve/resolve.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/cpu_count.h"
#include "base/errors.h"
#include "base/nearest_names.h"
#include "models/bundled_model.h"
#include "models/model.h"
#include "say.h"

namespace imnet::app {
namespace {

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

std::vector<int> resolve_classes(std::string_view option, const std::string& typed,
                                 const ClassNames& class_names) {
    std::vector<int> classes = find_classes(class_names, typed);
    if (!classes.empty()) return classes;
    std::vector<std::string_view> names;
    for (const ClassName& class_name : class_names) names.push_back(class_name.name);
    const auto nearest = nearest_names(typed, names);
    throw UsageError(fmt::format("{} {}: the model has no class of that name, wnid or index{}{}", option,
                                 typed, nearest.empty() ? "" : "; near it: ", fmt::join(nearest, ", ")));
}

const PublishedWeights& resolve_published(const Options& options, const std::string& name) {
    const std::string model = options.model.value_or(std::string(default_architecture));
    if (model == bundled_model) {
        throw UsageError(fmt::format(
            "{} comes with imnet: there is nothing to fetch, and it has no published weights", model));
    }
    architecture(model);  // names a wrong one first
    return published_named(model, name);
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

}  // namespace imnet::app
