#include "models/checkpoint_config.h"

#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/errors.h"
#include "base/json.h"
#include "checkpoints/stored_class_names.h"
#include "models/checkpoint_metadata.h"

namespace imnet {
namespace {

const std::string* find_metadata(const StateDict& state_dict, std::string_view wanted) {
    for (const auto& [key, text] : state_dict.metadata)
        if (key == wanted) return &text;
    return nullptr;
}

// The JSON that metadata holds under a key; null where there is none.
Json read_metadata(const StateDict& state_dict, std::string_view wanted) {
    for (const auto& [key, text] : state_dict.metadata) {
        if (key != wanted) continue;
        Json value = Json::parse_or_null(text);
        if (!value.is_null()) return value;
    }
    return nullptr;
}

Json read_config(const StateDict& state_dict) {
    Json config = read_metadata(state_dict, "config.json");
    return config.is_object() ? config : Json::object();
}

// The texts of an array; empty unless it has one for each class.
std::optional<std::vector<std::string>> a_text_each(const Json& array, int classes) {
    if (!array.is_array() || array.size() != static_cast<std::size_t>(classes)) return std::nullopt;
    std::vector<std::string> texts;
    for (const Json& text : array.elements()) {
        if (!text.is_string()) return std::nullopt;
        texts.push_back(text.get<std::string>());
    }
    return texts;
}

std::optional<ClassNames> own_class_names(const StateDict& state_dict, int classes) {
    auto names = a_text_each(read_metadata(state_dict, class_names_key), classes);
    if (!names) return std::nullopt;
    ClassNames class_names;
    for (std::string& name : *names) class_names.push_back({std::move(name), ""});
    if (auto wnids = a_text_each(read_metadata(state_dict, wnids_key), classes)) {
        for (std::size_t index = 0; index < class_names.size(); ++index)
            class_names[index].wnid = (*wnids)[index];
    }
    return class_names;
}

std::optional<std::array<float, 3>> triple(const Json& object, const char* key) {
    const Json* found = object.find(key);
    if (found == nullptr || !found->is_array() || found->size() != 3) return std::nullopt;
    std::array<float, 3> values{};
    for (std::size_t i = 0; i < 3; ++i) {
        if (!found->at(i).is_number()) return std::nullopt;
        values[i] = found->at(i).get<float>();
    }
    return values;
}

// The members of an object by key, for many look-ups; empty if it is not an object.
std::unordered_map<std::string_view, const Json*> members_by_key(const Json* object) {
    std::unordered_map<std::string_view, const Json*> members;
    if (object == nullptr || !object->is_object()) return members;
    for (const auto& [key, value] : object->members()) members.emplace(key, &value);
    return members;
}

std::optional<ClassNames> transformers_class_names(const Json& config, int classes) {
    const Json* names = config.find("id2label");
    if (names == nullptr || !names->is_object() || names->size() != static_cast<std::size_t>(classes))
        return std::nullopt;
    const auto by_index = members_by_key(names);
    ClassNames class_names;
    for (int index = 0; index < classes; ++index) {
        const auto name = by_index.find(std::to_string(index));
        if (name == by_index.end() || !name->second->is_string()) return std::nullopt;
        class_names.push_back({name->second->get<std::string>(), ""});
    }
    return class_names;
}

// "n02123045"
bool is_wnid(std::string_view text) {
    return text.size() == 9 && text.front() == 'n' &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

std::optional<ClassNames> timm_class_names(const Json& config, int classes) {
    const Json* names = config.find("label_names");
    if (names == nullptr || !names->is_array() || names->size() != static_cast<std::size_t>(classes))
        return std::nullopt;
    const auto described = members_by_key(config.find("label_descriptions"));
    ClassNames class_names;
    for (const Json& name : names->elements()) {
        if (!name.is_string()) return std::nullopt;
        const auto text = name.get<std::string>();
        const auto description = described.find(text);
        const bool better = description != described.end() && description->second->is_string();
        class_names.push_back(
            {better ? description->second->get<std::string>() : text, is_wnid(text) ? text : ""});
    }
    return class_names;
}

bool is_missing(const Json* value) { return value == nullptr || value->is_null(); }

std::optional<Preprocessing> timm_preprocessing(const Json& cfg, const Json* input, const Json* crop_pct) {
    const auto mean = triple(cfg, "mean");
    const auto std = triple(cfg, "std");
    const Json* interpolation = cfg.find("interpolation");
    if (!mean || !std || input == nullptr || !input->is_array() || input->size() != 3) return std::nullopt;
    if (!input->at(1).is_integer() || input->at(1) != input->at(2)) return std::nullopt;
    if (crop_pct == nullptr || !crop_pct->is_number()) return std::nullopt;
    if (interpolation == nullptr || !interpolation->is_string()) return std::nullopt;
    const auto known_interpolation = parse_interpolation(interpolation->get<std::string>());
    if (!known_interpolation) return std::nullopt;
    const Json* crop_mode = cfg.find("crop_mode");
    const auto known_crop_mode = crop_mode == nullptr     ? CropMode::center
                                 : crop_mode->is_string() ? parse_crop_mode(crop_mode->get<std::string>())
                                                          : std::nullopt;
    if (!known_crop_mode) return std::nullopt;
    const auto crop = input->at(1).get<std::int64_t>();
    const double share = crop_pct->get<double>();
    if (crop < 32 || crop > 1024 || !(share > 0.1 && share <= 1)) return std::nullopt;
    Preprocessing preprocessing;
    preprocessing.image_size = static_cast<int>(crop);
    preprocessing.short_side = static_cast<int>(std::floor(static_cast<double>(crop) / share));
    preprocessing.interpolation = *known_interpolation;
    preprocessing.mean = *mean;
    preprocessing.std = *std;
    preprocessing.crop_mode = *known_crop_mode;
    return preprocessing;
}

}  // namespace

std::optional<ClassNames> checkpoint_class_names(const StateDict& state_dict, int classes) {
    if (auto class_names = own_class_names(state_dict, classes)) return class_names;
    const Json config = read_config(state_dict);
    if (auto class_names = transformers_class_names(config, classes)) return class_names;
    return timm_class_names(config, classes);
}

std::optional<Preprocessing> checkpoint_preprocessing(const StateDict& state_dict) {
    if (const std::string* own = find_metadata(state_dict, preprocessing_key))
        return parse_preprocessing(*own);
    const Json config = read_config(state_dict);
    const Json* cfg = config.find("pretrained_cfg");
    if (cfg == nullptr || !cfg->is_object()) return std::nullopt;
    return timm_preprocessing(*cfg, cfg->find("input_size"), cfg->find("crop_pct"));
}

std::optional<Preprocessing> checkpoint_test_preprocessing(const StateDict& state_dict) {
    if (find_metadata(state_dict, preprocessing_key) != nullptr) return std::nullopt;
    const Json config = read_config(state_dict);
    const Json* cfg = config.find("pretrained_cfg");
    if (cfg == nullptr || !cfg->is_object()) return std::nullopt;
    const Json* input = cfg->find("test_input_size");
    const Json* crop_pct = cfg->find("test_crop_pct");
    if (is_missing(input) && is_missing(crop_pct)) return std::nullopt;
    return timm_preprocessing(*cfg, is_missing(input) ? cfg->find("input_size") : input,
                              is_missing(crop_pct) ? cfg->find("crop_pct") : crop_pct);
}

void refuse_other_strides(const StateDict& state_dict, std::string_view source) {
    const Json config = read_config(state_dict);
    const Json* downsample = config.find("downsample_in_bottleneck");
    if (downsample == nullptr || *downsample != true) return;
    throw ModelError(
        fmt::format("{}: its config.json says downsample_in_bottleneck: this net has the stride on the "
                    "1×1 convolution, which no architecture of imnet has",
                    source));
}

}  // namespace imnet
