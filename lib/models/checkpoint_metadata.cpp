#include "models/checkpoint_metadata.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/json.h"
#include "checkpoints/stored_class_names.h"

namespace imnet {
namespace {

// Floats are written with the fewest digits that give the same value again.
std::string preprocessing_text(const Preprocessing& preprocessing) {
    const bool usual = preprocessing.crop_mode == CropMode::center;
    const bool usual_start = preprocessing.crop_start == CropStart::rounded_half_to_even;
    return fmt::format(
        R"({{"resize": {}, "crop": {}, "interpolation": "{}", "mean": [{}], "std": [{}]{}{}}})",
        preprocessing.short_side, preprocessing.image_size, name(preprocessing.interpolation),
        fmt::join(preprocessing.mean, ", "), fmt::join(preprocessing.std, ", "),
        usual ? "" : fmt::format(R"(, "crop_mode": "{}")", name(preprocessing.crop_mode)),
        usual_start ? "" : R"(, "crop_start": "rounded_down")");
}

std::string array_text(const ClassNames& class_names, std::string ClassName::*member) {
    Json array = Json::array();
    for (const ClassName& class_name : class_names) array.push_back(class_name.*member);
    return array.dump();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> checkpoint_metadata(const Architecture& architecture,
                                                                     const ClassNames& class_names,
                                                                     const Preprocessing& preprocessing) {
    std::vector<std::pair<std::string, std::string>> metadata{
        {"format", "pt"},
        {"architecture", architecture.name},
        {std::string(class_names_key), array_text(class_names, &ClassName::name)}};
    const bool of_imagenet =
        std::all_of(class_names.begin(), class_names.end(),
                    [](const ClassName& class_name) { return !class_name.wnid.empty(); });
    if (of_imagenet) metadata.emplace_back(wnids_key, array_text(class_names, &ClassName::wnid));
    metadata.emplace_back(preprocessing_key, preprocessing_text(preprocessing));
    return metadata;
}

std::optional<Preprocessing> parse_preprocessing(std::string_view text) try {
    const Json json = Json::parse(text);
    Preprocessing preprocessing;
    const auto pixels = [&](const char* key, std::int64_t most) {
        const Json& number = json.at(key);
        const auto value = number.is_integer() ? number.get<std::int64_t>() : 0;
        return value <= most ? static_cast<int>(value) : 0;
    };
    preprocessing.short_side = pixels("resize", 8192);
    preprocessing.image_size = pixels("crop", 4096);
    preprocessing.mean = json.at("mean").get<std::array<float, 3>>();
    preprocessing.std = json.at("std").get<std::array<float, 3>>();
    const auto interpolation = parse_interpolation(json.at("interpolation").get<std::string>());
    if (!interpolation) return std::nullopt;
    preprocessing.interpolation = *interpolation;
    if (const Json* text_of_mode = json.find("crop_mode")) {
        const auto crop_mode = parse_crop_mode(text_of_mode->get<std::string>());
        if (!crop_mode) return std::nullopt;
        preprocessing.crop_mode = *crop_mode;
    }
    if (const Json* text_of_start = json.find("crop_start")) {
        if (*text_of_start != "rounded_down") return std::nullopt;
        preprocessing.crop_start = CropStart::rounded_down;
    }
    const bool sizes = preprocessing.image_size > 0 && preprocessing.short_side > 0;
    const bool means = std::all_of(preprocessing.mean.begin(), preprocessing.mean.end(),
                                   [](float value) { return std::isfinite(value); });
    const bool deviations = std::all_of(preprocessing.std.begin(), preprocessing.std.end(),
                                        [](float value) { return std::isfinite(value) && value > 0; });
    return sizes && means && deviations ? std::optional(preprocessing) : std::nullopt;
} catch (const JsonError&) {
    return std::nullopt;
}

}  // namespace imnet
