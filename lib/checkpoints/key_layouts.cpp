#include "checkpoints/key_layouts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
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

constexpr int largest_index = 999;  ///< of a stage, block or layer in a name

/// Removes a number and a dot from the start of `rest`.
std::optional<int> take_index(std::string_view& rest) {
    int index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    if (error != std::errc() || index < 0 || index > largest_index) return std::nullopt;
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

/// Where a block stands in timm's net, and whether it widens its input first.
struct BlockPlace {
    int stage = 0;
    int index = 0;
    bool expands = false;
};

/// EfficientNet-PyTorch numbers the blocks through, timm within a stage. A stage begins where a block puts
/// out another number of channels than the one before.
std::vector<BlockPlace> block_places(const StateDict& state_dict) {
    std::vector<BlockPlace> places;
    std::int64_t channels_before = -1;
    for (int block = 0; block <= largest_index; ++block) {
        const TensorView* last = state_dict.find(fmt::format("_blocks.{}._project_conv.weight", block));
        if (last == nullptr || last->shape.empty()) break;
        BlockPlace place;
        if (!places.empty()) {
            const bool begins_stage = last->shape.front() != channels_before;
            place.stage = places.back().stage + (begins_stage ? 1 : 0);
            place.index = begins_stage ? 0 : places.back().index + 1;
        }
        place.expands = state_dict.find(fmt::format("_blocks.{}._expand_conv.weight", block)) != nullptr;
        channels_before = last->shape.front();
        places.push_back(place);
    }
    return places;
}

/// A pair of prefixes: EfficientNet-PyTorch's and timm's.
using Renaming = std::pair<std::string_view, std::string_view>;

std::string rename(std::string_view rest, std::span<const Renaming> renamings) {
    for (const auto& [theirs, timms] : renamings) {
        if (take(rest, theirs)) return fmt::format("{}{}", timms, rest);
    }
    return {};
}

std::string timm_name(std::string_view name, const std::vector<BlockPlace>& blocks) {
    static constexpr std::array<Renaming, 5> outside{{{"_conv_stem.", "conv_stem."},
                                                      {"_bn0.", "bn1."},
                                                      {"_conv_head.", "conv_head."},
                                                      {"_bn1.", "bn2."},
                                                      {"_fc.", "classifier."}}};
    static constexpr std::array<Renaming, 6> expanding{{{"_expand_conv.", "conv_pw."},
                                                        {"_bn0.", "bn1."},
                                                        {"_depthwise_conv.", "conv_dw."},
                                                        {"_bn1.", "bn2."},
                                                        {"_project_conv.", "conv_pwl."},
                                                        {"_bn2.", "bn3."}}};
    static constexpr std::array<Renaming, 4> separable{{{"_depthwise_conv.", "conv_dw."},
                                                        {"_bn1.", "bn1."},
                                                        {"_project_conv.", "conv_pw."},
                                                        {"_bn2.", "bn2."}}};
    if (!take(name, "_blocks.")) return rename(name, outside);
    const auto block = take_index(name);
    if (!block || static_cast<std::size_t>(*block) >= blocks.size()) return {};
    const BlockPlace& place = blocks[static_cast<std::size_t>(*block)];
    const std::string member = place.expands ? rename(name, expanding) : rename(name, separable);
    return member.empty() ? member : fmt::format("blocks.{}.{}.{}", place.stage, place.index, member);
}

/// The names that `translate` gives to all tensors; empty where it knows one of them not.
template <typename Translate>
std::vector<std::string> translate_all(const StateDict& state_dict, Translate translate) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : state_dict.tensors) {
        names.push_back(translate(name));
        if (names.back().empty()) return {};
    }
    return names;
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

std::vector<std::string> timm_names(const StateDict& state_dict) {
    if (state_dict.find("_conv_stem.weight") == nullptr) return {};
    const std::vector<BlockPlace> blocks = block_places(state_dict);
    return translate_all(state_dict, [&](std::string_view name) { return timm_name(name, blocks); });
}

void use_native_names(StateDict& state_dict) {
    strip_prefixes(state_dict);
    std::vector<std::string> names = timm_names(state_dict);
    if (names.empty()) names = translate_all(state_dict, torchvision_name);
    if (names.empty()) return;
    for (std::size_t i = 0; i < names.size(); ++i) state_dict.tensors[i].first = std::move(names[i]);
}

}  // namespace imnet
