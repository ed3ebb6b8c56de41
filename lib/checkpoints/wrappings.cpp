#include "checkpoints/wrappings.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "base/utf8.h"
#include "checkpoints/averaged_names.h"
#include "checkpoints/pickle_globals.h"
#include "checkpoints/refusals.h"
#include "checkpoints/stored_class_names.h"

namespace imnet {
namespace {

using pickle::Dict;
using pickle::Value;

constexpr std::array plain_wrappings{"state_dict", "model_state_dict", "model_state", "model", "module",
                                     "net",        "network",          "weights",     "params"};
constexpr std::array ema_wrappings{"state_dict_ema", "model_ema", "ema_state_dict",
                                   "ema_model",      "ema",       "params_ema"};
constexpr std::size_t most_dicts = 64;

/// A dict, or the entries of an object of a subclass of dict.
const Dict* as_dict(const Value* value) {
    if (value == nullptr) return nullptr;
    if (const auto* dict = std::get_if<Dict*>(value)) return *dict;
    const auto* inert = std::get_if<pickle::Inert*>(value);
    return inert == nullptr ? nullptr : (*inert)->entries;
}

bool holds_tensors(const Dict& dict) {
    return std::any_of(dict.items.begin(), dict.items.end(),
                       [](const auto& item) { return std::holds_alternative<pickle::Tensor*>(item.second); });
}

std::ptrdiff_t named_tensors(const Dict& dict) {
    return std::count_if(dict.items.begin(), dict.items.end(), [](const auto& item) {
        return std::holds_alternative<pickle::Text>(item.first) &&
               std::holds_alternative<pickle::Tensor*>(item.second);
    });
}

/// The dict with the tensors under the usual keys: `dict` or one inside it; null where there is none.
/// `visited` prevents an endless search of dicts that contain one another.
const Dict* find_under_usual_keys(const Dict& dict, bool prefer_ema, std::set<const Dict*>& visited) {
    if (!visited.insert(&dict).second || visited.size() > most_dicts) return nullptr;
    const auto under = [&](const auto& names) -> const Dict* {
        for (const char* name : names) {
            const Dict* inner = as_dict(dict.find(name));
            if (inner == nullptr) continue;
            if (const Dict* found = find_under_usual_keys(*inner, prefer_ema, visited)) return found;
        }
        return nullptr;
    };
    // mmengine swaps the two when it saves: its `state_dict` is the average.
    if (dict.find("message_hub") != nullptr) prefer_ema = false;
    // The dict itself is tried last, because a training checkpoint may hold its best accuracy as a tensor.
    const Dict* found = prefer_ema ? under(ema_wrappings) : under(plain_wrappings);
    if (found == nullptr) found = prefer_ema ? under(plain_wrappings) : under(ema_wrappings);
    return found == nullptr && holds_tensors(dict) ? &dict : found;
}

struct NamedDict {
    std::string_view key;
    const Dict* dict;
    std::ptrdiff_t tensors;
};

/// The state dicts directly inside the dict, under any key: those that are not much smaller than the largest.
std::vector<NamedDict> state_dicts_inside(const Dict& dict) {
    std::vector<NamedDict> found;
    std::ptrdiff_t most = 1;
    for (const auto& [key, value] : dict.items) {
        const auto* text = std::get_if<pickle::Text>(&key);
        const Dict* inner = as_dict(&value);
        if (text == nullptr || inner == nullptr || found.size() >= most_dicts) continue;
        found.push_back({text->characters, inner, named_tensors(*inner)});
        most = std::max(most, found.back().tensors);
    }
    std::erase_if(found, [&](const NamedDict& each) { return 2 * each.tensors <= most; });
    return found;
}

std::string describe_choice(const NamedDict& taken, const std::vector<NamedDict>& all) {
    std::string keys;
    for (const NamedDict& each : all) keys += (keys.empty() ? "" : ", ") + in_quotes(each.key);
    std::string text = fmt::format("it holds the state dicts {}: {} is used", keys, in_quotes(taken.key));
    const bool other_kind = std::any_of(all.begin(), all.end(), [&](const NamedDict& each) {
        return names_average(each.key) != names_average(taken.key);
    });
    if (!other_kind) return text;
    return text +
           (names_average(taken.key) ? "; without --ema the other one" : "; --ema takes the averaged one");
}

/// The dict with the tensors, and a remark on the choice where there is one.
const Dict* find_state_dict(const Dict& outer, bool prefer_ema, std::vector<std::string>& remarks) {
    std::set<const Dict*> visited;
    const Dict* usual = find_under_usual_keys(outer, prefer_ema, visited);
    if (usual != nullptr && usual != &outer) return usual;
    const std::vector<NamedDict> inside = state_dicts_inside(outer);
    if (inside.empty() || inside.front().tensors <= named_tensors(outer)) return usual;
    const auto wanted = std::find_if(inside.begin(), inside.end(), [&](const NamedDict& each) {
        return names_average(each.key) == prefer_ema;
    });
    const NamedDict& taken = wanted == inside.end() ? inside.front() : *wanted;
    if (inside.size() > 1) remarks.push_back(describe_choice(taken, inside));
    return taken.dict;
}

/// Throws ModelError where an object stands in the place of the state dict: a whole model, or what a function
/// would make.
void refuse_object_in_place(const Dict& outer) {
    const pickle::Inert* first = nullptr;
    for (const auto& [key, value] : outer.items) {
        const auto* object = std::get_if<pickle::Inert*>(&value);
        const auto* text = std::get_if<pickle::Text>(&key);
        if (object == nullptr || text == nullptr) continue;
        const auto is_key = [&](const auto& names) {
            return std::find(names.begin(), names.end(), text->characters) != names.end();
        };
        if (is_key(plain_wrappings) || is_key(ema_wrappings)) pickle::refuse_object(*(*object)->global, true);
        if (first == nullptr && pickle::is_class_of_net(*(*object)->global, false)) first = *object;
    }
    if (first != nullptr) pickle::refuse_object(*first->global, true);
}

/// Throws ModelError where a tensor of the state dict is an object that would have to be made. Other objects
/// in a state dict, such as the `_extra_state` of a module, are not needed.
void refuse_object_as_tensor(std::string_view name, const Value& value) {
    const auto* object = std::get_if<pickle::Inert*>(&value);
    if (object == nullptr) return;
    constexpr std::array members{"weight", "bias", "running_mean", "running_var"};
    const std::string_view member = name.substr(name.rfind('.') + 1);
    if (std::find(members.begin(), members.end(), member) == members.end()) return;
    const pickle::Global& global = *(*object)->global;
    refuse(fmt::format(
        "the tensor {} would be made by {}, which is not called: refused, nothing was run; if you "
        "trust the file, save it as a plain tensor of PyTorch",
        in_quotes(name), in_quotes(fmt::format("{}.{}", global.module, global.name))));
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

/// Numbers and texts of a dict become metadata, with that prefix.
void collect_texts(const Dict& dict, const std::string& prefix, StateDict& result) {
    constexpr std::size_t longest_name = 512;
    constexpr std::size_t most = 256;
    for (const auto& [key, value] : dict.items) {
        const auto* name = std::get_if<pickle::Text>(&key);
        if (name == nullptr || name->characters.size() > longest_name || result.metadata.size() >= most)
            continue;
        std::string text = describe(value);
        if (text.empty() || !is_utf8(name->characters) || !is_utf8(text)) continue;
        result.metadata.emplace_back(prefix + std::string(name->characters), std::move(text));
    }
}

/// The attributes of an object, or a dict.
const Dict* attributes_of(const Value* value) {
    const Dict* dict = as_dict(value);
    if (dict != nullptr || value == nullptr) return dict;
    const auto* inert = std::get_if<pickle::Inert*>(value);
    return inert == nullptr ? nullptr : as_dict(&(*inert)->state);
}

/// What is stored beside the state dict: `arch`, `epoch`, the arguments of the training, class names.
void collect_metadata(const Dict& dict, StateDict& result) {
    collect_texts(dict, "", result);
    for (const char* key : {"args", "hyper_parameters", "hparams", "config", "cfg", "opt", "options"}) {
        if (const Dict* arguments = attributes_of(dict.find(key)))
            collect_texts(*arguments, std::string(key) + ".", result);
    }
    std::vector<std::string> names = class_names_beside(dict);
    const Dict* meta = as_dict(dict.find("meta"));
    if (names.empty() && meta != nullptr) names = class_names_beside(*meta);
    const Dict* data_set = meta == nullptr ? nullptr : as_dict(meta->find("dataset_meta"));
    if (names.empty() && data_set != nullptr) names = class_names_beside(*data_set);
    if (!names.empty()) result.metadata.emplace_back(class_names_key, Json(names).dump());
}

}  // namespace

StateDict unwrap(const Value& root, const StorageBytes& storage_bytes, bool big_endian,
                 const CheckpointOptions& options) {
    const Dict* outer = as_dict(&root);
    if (outer == nullptr) {
        refuse("this file of torch.save holds no dict of tensors: save model.state_dict()");
    }
    StateDict result;
    const Dict* dict = find_state_dict(*outer, options.prefer_ema, result.remarks);
    if (dict == nullptr) {
        refuse_object_in_place(*outer);
        refuse(
            fmt::format("this file of torch.save holds no state dict (its keys: {}): save model.state_dict()",
                        describe_keys(*outer)));
    }
    if (dict != outer) collect_metadata(*outer, result);
    std::set<std::string_view> seen;
    for (const auto& [key, value] : dict->items) {
        const auto* tensor = std::get_if<pickle::Tensor*>(&value);
        const auto* name = std::get_if<pickle::Text>(&key);
        if (name != nullptr) refuse_object_as_tensor(name->characters, value);
        if (tensor == nullptr) continue;
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
    if (result.tensors.size() > 1 && std::ranges::all_of(result.tensors, [](const auto& named) {
            return named.second.element_count() == 0;
        })) {
        refuse(
            "all its tensors are empty, as DeepSpeed's ZeRO stage 3 saves them: run the zero_to_fp32.py "
            "beside it "
            "and give what that writes");
    }
    return result;
}

}  // namespace imnet
