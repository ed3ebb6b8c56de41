#include "models/weight_cache.h"

#include <cstdlib>
#include <string>
#include <system_error>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/kept_sha256.h"
#include "models/bundled_model.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return fs::path(value);
}

fs::path user_cache() {
    if (auto folder = variable("XDG_CACHE_HOME")) return *folder;
    return variable("HOME").value_or("/") / ".cache";
}

fs::path torch_hub() {
    return variable("TORCH_HOME").value_or(user_cache() / "torch") / "hub" / "checkpoints";
}

fs::path hugging_face_hub() {
    if (auto folder = variable("HF_HUB_CACHE")) return *folder;
    return variable("HF_HOME").value_or(user_cache() / "huggingface") / "hub";
}

// "https://huggingface.co/timm/NAME/resolve/main/FILE" is kept in
// models--timm--NAME/snapshots/COMMIT/FILE, where refs/main holds COMMIT.
std::vector<fs::path> hugging_face_places(const PublishedWeights& weights) {
    constexpr std::string_view host = "https://huggingface.co/";
    const std::size_t end = weights.url.find("/resolve/");
    if (!weights.url.starts_with(host) || end == std::string_view::npos) return {};
    std::string repository(weights.url.substr(host.size(), end - host.size()));
    repository.replace(repository.find('/'), 1, "--");
    const fs::path snapshots = hugging_face_hub() / ("models--" + repository) / "snapshots";
    std::vector<fs::path> places;
    std::error_code ignored;
    for (const auto& snapshot : fs::directory_iterator(snapshots, ignored)) {
        places.push_back(snapshot.path() / fs::path(weights.url).filename());
    }
    return places;
}

}  // namespace

fs::path weight_cache_folder() { return variable("IMNET_CACHE").value_or(user_cache() / "imnet"); }

std::vector<fs::path> weight_cache_places(const PublishedWeights& weights) {
    std::vector<fs::path> places{weight_cache_folder() / weights.file, torch_hub() / weights.file};
    for (fs::path& place : hugging_face_places(weights)) places.push_back(std::move(place));
    return places;
}

std::optional<std::string> kept_sha256(const fs::path& file) {
    std::error_code ignored;
    if (!fs::equivalent(file.has_parent_path() ? file.parent_path() : ".", weight_cache_folder(), ignored)) {
        return std::nullopt;
    }
    return read_kept_sha256(file);
}

std::optional<fs::path> find_cached(const PublishedWeights& weights) {
    std::error_code ignored;
    for (fs::path& place : weight_cache_places(weights)) {
        if (fs::is_regular_file(place, ignored)) return std::move(place);
    }
    return std::nullopt;
}

std::string how_to_get(const PublishedWeights& weights) {
    if (weights.must_be_converted()) {
        return fmt::format("download {} ({:.0f} MiB) and run 'scripts/convert-keras FILE.h5'", weights.url,
                           weights.mebibytes);
    }
    return fmt::format("run 'imnet weights fetch --model {} {}' ({:.0f} MiB)", weights.model, weights.name,
                       weights.mebibytes);
}

std::optional<fs::path> find_checkpoint(const PublishedWeights& weights) {
    if (auto cached = find_cached(weights)) return cached;
    return is_bundled(weights) ? find_bundled_checkpoint() : std::nullopt;
}

fs::path checkpoint_of(const PublishedWeights& weights) {
    if (auto found = find_checkpoint(weights)) return *std::move(found);
    const std::string otherwise = find_bundled_checkpoint()
                                      ? fmt::format("the model that is here: --model {}", bundled_model_alias)
                                      : "--no-weights for random ones";
    const std::string place =
        is_bundled(weights) ? fmt::format(" ({} is missing)", bundled_checkpoint_place().native()) : "";
    throw ModelError(fmt::format("the weights {} of {} are not on this machine{}: {}, or use {}",
                                 weights.name, weights.model, place, how_to_get(weights), otherwise));
}

}  // namespace imnet
