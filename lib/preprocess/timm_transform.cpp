#include "preprocess/timm_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {
namespace {

constexpr std::int64_t usual_size = 224;
constexpr double usual_crop_pct = 0.875;
constexpr std::int64_t largest_size = 4096;

const Json* stated(const Json& cfg, std::string_view key) {
    const Json* found = cfg.find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

[[noreturn]] void refuse(std::string_view key, const Json& value, std::string_view why) {
    throw ModelError(fmt::format("{}: {}: {}", key, value.dump(), why));
}

std::int64_t size_of(std::string_view key, const Json& value) {
    if (!value.is_array() || value.size() != 3) refuse(key, value, "it has to be channels, height and width");
    const Json& side = value.at(std::size_t{1});
    if (value.at(std::size_t{0}) != 3 || side != value.at(std::size_t{2}))
        refuse(key, value, "the nets of imnet see squares of three channels");
    const auto pixels = side.is_integer() ? side.get<std::int64_t>() : 0;
    if (pixels < 1 || pixels > largest_size)
        refuse(key, value, fmt::format("a side has to be from 1 to {} pixels", largest_size));
    return pixels;
}

double share_of(std::string_view key, const Json& value) {
    const double share = value.is_number() ? value.get<double>() : 0;
    if (!(share > 0.1 && share <= 1)) refuse(key, value, "it has to be a number above 0.1, and 1 at most");
    return share;
}

std::string name_of(std::string_view key, const Json& value) {
    if (!value.is_string()) refuse(key, value, "it has to be a name");
    return value.get<std::string>();
}

std::array<float, 3> triple(std::string_view key, const Json& value) {
    const bool numbers =
        value.is_array() && value.size() == 3 && std::ranges::all_of(value.elements(), [](const Json& each) {
            return each.is_number() && std::isfinite(each.get<float>());
        });
    if (!numbers) refuse(key, value, "it has to be a number for each of three channels");
    return value.get<std::array<float, 3>>();
}

}  // namespace

bool states_test_size(const Json& pretrained_cfg) {
    return stated(pretrained_cfg, "test_input_size") != nullptr ||
           stated(pretrained_cfg, "test_crop_pct") != nullptr;
}

Preprocessing parse_timm_transform(const Json& pretrained_cfg, bool test_size) {
    const auto which = [&](std::string_view test_key, std::string_view key) {
        return test_size && stated(pretrained_cfg, test_key) != nullptr ? test_key : key;
    };
    const std::string_view size_key = which("test_input_size", "input_size");
    const std::string_view share_key = which("test_crop_pct", "crop_pct");
    const Json* size = stated(pretrained_cfg, size_key);
    const Json* share = stated(pretrained_cfg, share_key);
    Preprocessing preprocessing;
    preprocessing.image_size = static_cast<int>(size == nullptr ? usual_size : size_of(size_key, *size));
    preprocessing.short_side = static_cast<int>(std::floor(
        preprocessing.image_size / (share == nullptr ? usual_crop_pct : share_of(share_key, *share))));
    preprocessing.interpolation = Interpolation::bicubic;
    if (const Json* value = stated(pretrained_cfg, "interpolation")) {
        const auto known = parse_interpolation(name_of("interpolation", *value));
        if (!known)
            refuse("interpolation", *value, "imnet has nearest, box, bilinear, hamming, bicubic and lanczos");
        preprocessing.interpolation = *known;
    }
    if (const Json* value = stated(pretrained_cfg, "crop_mode")) {
        const auto known = parse_crop_mode(name_of("crop_mode", *value));
        if (!known) refuse("crop_mode", *value, "imnet has center, squash and border");
        preprocessing.crop_mode = *known;
    }
    if (const Json* value = stated(pretrained_cfg, "mean")) preprocessing.mean = triple("mean", *value);
    if (const Json* value = stated(pretrained_cfg, "std")) {
        preprocessing.std = triple("std", *value);
        if (std::ranges::any_of(preprocessing.std, [](float each) { return each <= 0; }))
            refuse("std", *value, "it has to be above 0");
    }
    return preprocessing;
}

}  // namespace imnet
