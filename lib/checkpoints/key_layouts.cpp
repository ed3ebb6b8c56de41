#include "checkpoints/key_layouts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace imnet {
namespace {

/// Removes the prefix where most names have it, unless two names would become equal.
bool strip_prefix(StateDict& state_dict, std::string_view prefix) {
    std::set<std::string_view> names;
    std::size_t prefixed = 0;
    for (const auto& [name, tensor] : state_dict.tensors) {
        std::string_view rest = name;
        if (rest.starts_with(prefix) && rest.size() > prefix.size()) {
            rest.remove_prefix(prefix.size());
            ++prefixed;
        }
        if (!names.insert(rest).second) return false;
    }
    if (2 * prefixed <= state_dict.tensors.size()) return false;
    for (auto& [name, tensor] : state_dict.tensors) {
        if (name.starts_with(prefix) && name.size() > prefix.size()) name.erase(0, prefix.size());
    }
    return true;
}

/// Removes `text` from the start of `rest`; false where `rest` does not start with it.
bool take(std::string_view& rest, std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
}

/// Removes a number and a dot from the start of `rest`.
std::optional<int> take_index(std::string_view& rest) {
    int index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (error != std::errc() || index < 0 || index > 999) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    return take(rest, ".") ? std::optional(index) : std::nullopt;
}

/// `convolution.weight` → `<convolution>.weight`, `normalization.bias` → `<normalization>.bias`.
std::string translate_layer(std::string_view rest, std::string_view convolution,
                            std::string_view normalization) {
    if (take(rest, "convolution.")) return fmt::format("{}.{}", convolution, rest);
    if (take(rest, "normalization.")) return fmt::format("{}.{}", normalization, rest);
    return {};
}

}  // namespace

void strip_prefixes(StateDict& state_dict) {
    constexpr std::array prefixes{"module.", "_orig_mod.", "model.", "backbone."};
    constexpr int most_prefixes = 8;  // that are nested
    const auto counter = std::find_if(
        state_dict.tensors.begin(), state_dict.tensors.end(),
        [](const auto& tensor) { return tensor.first == "n_averaged" && tensor.second.shape.empty(); });
    if (counter != state_dict.tensors.end()) state_dict.tensors.erase(counter);
    const auto strip_one = [&] {
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const char* prefix) { return strip_prefix(state_dict, prefix); });
    };
    for (int i = 0; i < most_prefixes && strip_one(); ++i) continue;
}

std::string torchvision_name(std::string_view rest) {
    if (take(rest, "classifier.1.")) return fmt::format("fc.{}", rest);
    if (take(rest, "resnet.embedder.embedder.")) return translate_layer(rest, "conv1", "bn1");
    if (!take(rest, "resnet.encoder.stages.")) return {};
    const auto stage = take_index(rest);
    if (!stage || !take(rest, "layers.")) return {};
    const auto block = take_index(rest);
    if (!block) return {};
    const std::string path = fmt::format("layer{}.{}", *stage + 1, *block);
    if (take(rest, "shortcut.")) return translate_layer(rest, path + ".downsample.0", path + ".downsample.1");
    if (!take(rest, "layer.")) return {};
    const auto layer = take_index(rest);
    if (!layer) return {};
    return translate_layer(rest, fmt::format("{}.conv{}", path, *layer + 1),
                           fmt::format("{}.bn{}", path, *layer + 1));
}

void use_native_names(StateDict& state_dict) {
    strip_prefixes(state_dict);
    std::vector<std::string> names;
    for (const auto& [name, tensor] : state_dict.tensors) {
        names.push_back(torchvision_name(name));
        if (names.back().empty()) return;
    }
    for (std::size_t i = 0; i < names.size(); ++i) state_dict.tensors[i].first = std::move(names[i]);
}

}  // namespace imnet
