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

/// Whether it is a counter of updates beside a network: one number without a module.
bool is_counter(const std::pair<std::string, TensorView>& tensor) {
    return tensor.second.shape.empty() && tensor.first.find('.') == std::string::npos;
}

/// What all names begin with, up to a dot; not a number, because children of a Sequential have such names.
std::string common_prefix(const StateDict& state_dict) {
    const auto first = std::ranges::find_if_not(state_dict.tensors, is_counter);
    if (first == state_dict.tensors.end()) return {};
    const std::string_view start = first->first;
    std::size_t length = 0;
    for (std::size_t dot = start.find('.'); dot != std::string_view::npos; dot = start.find('.', dot + 1)) {
        const std::string_view component = start.substr(length, dot - length);
        const std::string_view prefix = start.substr(0, dot + 1);
        const bool numbered = component.find_first_not_of("0123456789") == std::string_view::npos;
        const bool common = std::ranges::all_of(state_dict.tensors, [&](const auto& tensor) {
            return is_counter(tensor) ||
                   (tensor.first.starts_with(prefix) && tensor.first.size() > prefix.size());
        });
        if (numbered || !common) break;
        length = prefix.size();
    }
    return std::string(start.substr(0, length));
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

void strip_common_prefix(StateDict& state_dict) {
    const std::string prefix = common_prefix(state_dict);
    if (prefix.empty()) return;
    std::erase_if(state_dict.tensors, is_counter);
    for (auto& [name, tensor] : state_dict.tensors) name.erase(0, prefix.size());
}

std::string torchvision_name(std::string_view rest) {
    if (take(rest, "classifier.1.")) return fmt::format("fc.{}", rest);
    take(rest, "resnet.");
    if (take(rest, "embedder.embedder.")) return translate_layer(rest, "conv1", "bn1");
    if (!take(rest, "encoder.stages.")) return {};
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

std::string name_of_child(std::string_view name) {
    static constexpr std::array<Renaming, 7> children{{{"0.", "conv1."},
                                                       {"1.", "bn1."},
                                                       {"4.", "layer1."},
                                                       {"5.", "layer2."},
                                                       {"6.", "layer3."},
                                                       {"7.", "layer4."},
                                                       {"9.", "fc."}}};
    return rename(name, children);
}

void use_native_names(StateDict& state_dict) {
    strip_common_prefix(state_dict);
    std::vector<std::string> names = timm_names(state_dict);
    if (names.empty()) names = translate_all(state_dict, torchvision_name);
    // Only a ResNet has such blocks; any other Sequential keeps its numbers.
    if (names.empty() && state_dict.find("4.0.conv1.weight") != nullptr)
        names = translate_all(state_dict, name_of_child);
    if (names.empty()) return;
    for (std::size_t i = 0; i < names.size(); ++i) state_dict.tensors[i].first = std::move(names[i]);
}

}  // namespace imnet
