#include "checkpoints/wrappings.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/json.h"
#include "base/utf8.h"
#include "checkpoints/refusals.h"
#include "checkpoints/stored_class_names.h"

namespace imnet {
namespace {

using pickle::Dict;
using pickle::Value;

constexpr std::array plain_wrappings{"state_dict", "model_state_dict", "model_state", "model",
                                     "net",        "network",          "weights",     "params"};
constexpr std::array ema_wrappings{"state_dict_ema", "model_ema", "ema_state_dict",
                                   "ema_model",      "ema",       "params_ema"};
constexpr std::size_t most_dicts = 64;

const Dict* as_dict(const Value* value) {
    const auto* dict = value == nullptr ? nullptr : std::get_if<Dict*>(value);
    return dict == nullptr ? nullptr : *dict;
}

bool holds_tensors(const Dict& dict) {
    return std::any_of(dict.items.begin(), dict.items.end(),
                       [](const auto& item) { return std::holds_alternative<pickle::Tensor*>(item.second); });
}

/// The dict with the tensors: `dict` or one inside it; null where there is none. `visited` prevents an
/// endless search of dicts that contain one another.
const Dict* find_state_dict(const Dict& dict, bool prefer_ema, std::set<const Dict*>& visited) {
    if (!visited.insert(&dict).second || visited.size() > most_dicts) return nullptr;
    const auto under = [&](const auto& names) -> const Dict* {
        for (const char* name : names) {
            const Dict* inner = as_dict(dict.find(name));
            if (inner == nullptr) continue;
            if (const Dict* found = find_state_dict(*inner, prefer_ema, visited)) return found;
        }
        return nullptr;
    };
    // The dict itself is tried last, because a training checkpoint may hold its best accuracy as a tensor.
    const Dict* found = prefer_ema ? under(ema_wrappings) : under(plain_wrappings);
    if (found == nullptr) found = prefer_ema ? under(plain_wrappings) : under(ema_wrappings);
    return found == nullptr && holds_tensors(dict) ? &dict : found;
}

std::string describe_keys(const Dict& dict) {
    constexpr int most_shown = 5;
    std::string keys;
    int shown = 0;
    for (const auto& [key, value] : dict.items) {
        const auto* text = std::get_if<pickle::Text>(&key);
        if (text == nullptr) continue;
        if (shown == most_shown) return keys + " …";
        keys += (shown++ == 0 ? "" : ", ") + in_quotes(text->characters);
    }
    return shown == 0 ? "none" : keys;
}

/// The text of a number, or a text that is not too long; empty for everything else.
std::string describe(const Value& value) {
    constexpr std::size_t longest = 4096;
    if (const auto* text = std::get_if<pickle::Text>(&value)) {
        return std::string(text->characters.size() <= longest ? text->characters : "");
    }
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
    return {};
}

/// Numbers and texts that are stored beside the state dict (`arch`, `epoch`, `best_acc1` …), and class names.
void collect_metadata(const Dict& dict, StateDict& result) {
    constexpr std::size_t longest_name = 512;
    constexpr std::size_t most = 256;
    for (const auto& [key, value] : dict.items) {
        const auto* name = std::get_if<pickle::Text>(&key);
        if (name == nullptr || name->characters.size() > longest_name || result.metadata.size() >= most)
            continue;
        std::string text = describe(value);
        if (text.empty() || !is_utf8(name->characters) || !is_utf8(text)) continue;
        result.metadata.emplace_back(name->characters, std::move(text));
    }
    if (const auto names = class_names_beside(dict); !names.empty()) {
        result.metadata.emplace_back(class_names_key, Json(names).dump());
    }
}

}  // namespace

StateDict unwrap(const Value& root, const StorageBytes& storage_bytes, bool big_endian,
                 const CheckpointOptions& options) {
    const Dict* outer = as_dict(&root);
    if (outer == nullptr) {
        refuse("this file of torch.save holds no dict of tensors: save model.state_dict()");
    }
    std::set<const Dict*> visited;
    const Dict* dict = find_state_dict(*outer, options.prefer_ema, visited);
    if (dict == nullptr) {
        refuse(
            fmt::format("this file of torch.save holds no state dict (its keys: {}): save model.state_dict()",
                        describe_keys(*outer)));
    }
    StateDict result;
    if (dict != outer) collect_metadata(*outer, result);
    std::set<std::string_view> seen;
    for (const auto& [key, value] : dict->items) {
        const auto* tensor = std::get_if<pickle::Tensor*>(&value);
        if (tensor == nullptr) continue;
        const auto* name = std::get_if<pickle::Text>(&key);
        if (name == nullptr) refuse("a tensor of the state dict has no name: save model.state_dict()");
        check_tensor_name(name->characters);
        if (!seen.insert(name->characters).second) {
            refuse(fmt::format("the tensor {} is in the state dict twice: the file is damaged or hostile",
                               in_quotes(name->characters)));
        }
        if (result.tensors.size() >= most_tensors)
            refuse(fmt::format("it holds more than {} tensors", most_tensors));
        result.tensors.emplace_back(name->characters,
                                    view_tensor(name->characters, **tensor, storage_bytes, big_endian));
    }
    if (result.tensors.empty())
        refuse("this file of torch.save holds an empty state dict: save model.state_dict()");
    return result;
}

}  // namespace imnet
