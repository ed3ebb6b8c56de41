#include "models/checkpoint_config.h"

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
#include "preprocess/timm_transform.h"
#include "preprocess/transformers_processor.h"

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

// The members of an object by key, for many look-ups; empty if it is not an object.
std::unordered_map<std::string_view, const Json*> members_by_key(const Json* object) {
    std::unordered_map<std::string_view, const Json*> members;
    if (object == nullptr || !object->is_object()) return members;
    for (const auto& [key, value] : object->members()) members.emplace(key, &value);
    return members;
}

bool is_wnid(std::string_view text) {  // "n02123045"
    return text.size() == 9 && text.front() == 'n' &&
           text.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

// Names that are WordNet ids count as such; where ImageNet has all of them, its names are added.
ClassNames without_bare_wnids(ClassNames class_names) {
    std::vector<std::string> names;
    for (ClassName& each : class_names) {
        names.push_back(each.name);
        if (is_wnid(each.name)) each.wnid = each.name;
    }
    ClassNames of_imagenet = class_names_of_folders(names);
    return of_imagenet.empty() || of_imagenet.front().wnid.empty() ? class_names : of_imagenet;
}

std::string_view first_word(std::string_view name) { return name.substr(0, name.find(',')); }

// transformers names ImageNet's classes by WordNet's words and drops their wnids. A few words differ between
// WordNet's releases, so nine names in ten have to agree with ImageNet's at the same index.
ClassNames with_imagenet_wnids(ClassNames class_names) {
    const ClassNames imagenet = class_names_of_head(static_cast<int>(class_names.size()));
    std::size_t equal = 0;
    for (std::size_t index = 0; index < imagenet.size(); ++index) {
        equal += !imagenet[index].wnid.empty() &&
                 first_word(class_names[index].name) == first_word(imagenet[index].name);
    }
    if (10 * equal < 9 * imagenet.size()) return class_names;
    for (std::size_t index = 0; index < imagenet.size(); ++index)
        class_names[index].wnid = imagenet[index].wnid;
    return class_names;
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
    return with_imagenet_wnids(without_bare_wnids(std::move(class_names)));
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
    return described.empty() ? without_bare_wnids(std::move(class_names)) : class_names;
}

// timm's description of the pretrained net; null where there is none.
Json pretrained_cfg_of(const Json& config) {
    const Json* cfg = config.find("pretrained_cfg");
    return cfg != nullptr && cfg->is_object() && cfg->size() > 0 ? *cfg : Json();
}

// Calls `parse`, and says in its errors which file of which checkpoint is meant.
auto of_file(std::string_view source, std::string_view file, auto&& parse) try {
    return parse();
} catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: its {} says {}", source, file, error.what()));
}

std::optional<Preprocessing> timm_preprocessing(const StateDict& state_dict, std::string_view source) {
    const Json cfg = pretrained_cfg_of(read_config(state_dict));
    if (cfg.is_null()) return std::nullopt;
    return of_file(source, "config.json", [&] { return parse_timm_transform(cfg, false); });
}

std::optional<Preprocessing> transformers_preprocessing(const StateDict& state_dict,
                                                        std::string_view source) {
    const std::string* text = find_metadata(state_dict, "preprocessor_config.json");
    if (text == nullptr) return std::nullopt;
    const Json file = Json::parse_or_null(*text);
    if (!file.is_object())
        throw ModelError(fmt::format("{}: its preprocessor_config.json is not a JSON object", source));
    const Json config = read_config(state_dict);
    const Json* type = config.find("model_type");
    const bool resnet = type != nullptr && *type == "resnet";
    return of_file(source, "preprocessor_config.json", [&]() -> std::optional<Preprocessing> {
        const Json* processor = file.find("image_processor_type");
        if (processor != nullptr && *processor == "TimmWrapperImageProcessor") {
            const Json cfg = pretrained_cfg_of(file);
            return cfg.is_null() ? std::nullopt : std::optional(parse_timm_transform(cfg, false));
        }
        return parse_transformers_processor(file, resnet ? "ConvNextImageProcessor" : "");
    });
}

}  // namespace

Json read_config(const StateDict& state_dict) {
    Json config = read_metadata(state_dict, "config.json");
    return config.is_object() ? config : Json::object();
}

std::optional<ClassNames> checkpoint_class_names(const StateDict& state_dict, int classes) {
    if (auto class_names = own_class_names(state_dict, classes)) return class_names;
    const Json config = read_config(state_dict);
    if (auto class_names = transformers_class_names(config, classes)) return class_names;
    return timm_class_names(config, classes);
}

OutputActivation checkpoint_activation(const StateDict& state_dict) {
    const Json config = read_config(state_dict);
    const Json* problem = config.find("problem_type");
    return problem != nullptr && *problem == "multi_label_classification" ? OutputActivation::sigmoid
                                                                          : OutputActivation::softmax;
}

std::optional<Preprocessing> checkpoint_preprocessing(const StateDict& state_dict, std::string_view source) {
    if (const std::string* own = find_metadata(state_dict, preprocessing_key))
        return parse_preprocessing(*own);
    const auto of_timm = timm_preprocessing(state_dict, source);
    auto of_transformers = transformers_preprocessing(state_dict, source);
    if (!of_timm || !of_transformers) return of_timm ? of_timm : of_transformers;
    of_transformers->crop_start = of_timm->crop_start;
    if (*of_timm == *of_transformers) return of_timm;
    throw ModelError(
        fmt::format("{}: its config.json states one preprocessing ({}) and its preprocessor_config.json "
                    "another ({}): remove one of them",
                    source, describe(*of_timm), describe(*of_transformers)));
}

std::optional<Preprocessing> checkpoint_test_preprocessing(const StateDict& state_dict,
                                                           std::string_view source) {
    if (find_metadata(state_dict, preprocessing_key) != nullptr) return std::nullopt;
    const Json cfg = pretrained_cfg_of(read_config(state_dict));
    if (cfg.is_null() || !states_test_size(cfg)) return std::nullopt;
    return of_file(source, "config.json", [&] { return parse_timm_transform(cfg, true); });
}

}  // namespace imnet
