#include "models/checkpoint_metadata.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "checkpoints/class_names.h"

namespace imnet {
namespace {

using Json = nlohmann::ordered_json;

// Floats as short as they can be read back.
std::string preprocessing_text(const Preprocessing& recipe) {
    return fmt::format(R"({{"resize": {}, "crop": {}, "interpolation": "{}", "mean": [{}], "std": [{}]}})",
                       recipe.resize, recipe.crop,
                       recipe.interpolation == Interpolation::bicubic ? "bicubic" : "bilinear",
                       fmt::join(recipe.mean, ", "), fmt::join(recipe.std, ", "));
}

std::string array_text(const Labels& labels, std::string Label::*member) {
    Json array = Json::array();
    for (const Label& label : labels) array.push_back(label.*member);
    return array.dump();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> checkpoint_metadata(const Architecture& architecture,
                                                                     const Labels& labels,
                                                                     const Preprocessing& preprocessing) {
    std::vector<std::pair<std::string, std::string>> metadata{
        {"format", "pt"},
        {"architecture", architecture.name},
        {std::string(class_names_key), array_text(labels, &Label::name)}};
    const bool of_imagenet =
        std::all_of(labels.begin(), labels.end(), [](const Label& label) { return !label.wnid.empty(); });
    if (of_imagenet) metadata.emplace_back(wnids_key, array_text(labels, &Label::wnid));
    metadata.emplace_back(preprocessing_key, preprocessing_text(preprocessing));
    return metadata;
}

std::optional<Preprocessing> parse_preprocessing(std::string_view text) try {
    const Json json = Json::parse(text);
    Preprocessing recipe;
    const auto pixels = [&](const char* key, std::int64_t most) {
        const Json& number = json.at(key);
        const bool whole = number.is_number_integer() && number >= 1 && number <= most;
        return whole ? number.get<int>() : 0;
    };
    recipe.resize = pixels("resize", 8192);
    recipe.crop = pixels("crop", 4096);
    json.at("mean").get_to(recipe.mean);
    json.at("std").get_to(recipe.std);
    const std::string interpolation = json.at("interpolation");
    if (interpolation != "bilinear" && interpolation != "bicubic") return std::nullopt;
    recipe.interpolation = interpolation == "bicubic" ? Interpolation::bicubic : Interpolation::bilinear;
    const bool sizes = recipe.crop > 0 && recipe.resize > 0;
    const bool means =
        std::all_of(recipe.mean.begin(), recipe.mean.end(), [](float value) { return std::isfinite(value); });
    const bool deviations = std::all_of(recipe.std.begin(), recipe.std.end(),
                                        [](float value) { return std::isfinite(value) && value > 0; });
    return sizes && means && deviations ? std::optional(recipe) : std::nullopt;
} catch (const Json::exception&) {
    return std::nullopt;
}

}  // namespace imnet
