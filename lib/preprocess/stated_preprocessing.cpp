#include "preprocess/stated_preprocessing.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {
namespace {

int short_side_of(const StatedPreprocessing& stated, const Preprocessing& own, const Preprocessing& now) {
    if (stated.crop_pct) return static_cast<int>(std::floor(now.image_size / *stated.crop_pct));
    if (stated.short_side) return *stated.short_side;
    if (stated.crop_mode && *stated.crop_mode != CropMode::center) return now.image_size;
    return proportional_short_side(own, now.image_size);
}

std::string_view fit_of(CropMode crop_mode) { return crop_mode == CropMode::squash ? "squash" : "pad"; }

}  // namespace

int proportional_short_side(const Preprocessing& own, int image_size) {
    return static_cast<int>(static_cast<double>(own.short_side) * image_size / own.image_size + 0.5);
}

void check_stated(const StatedPreprocessing& stated) {
    if (stated.short_side && stated.crop_pct)
        throw UsageError("--short-side and --crop-pct contradict each other: both set the short side");
    if (stated.short_side && stated.crop_mode && *stated.crop_mode != CropMode::center) {
        throw UsageError(
            fmt::format("--short-side and --fit {0} contradict each other: use --size for the side to {0} "
                        "to, or --fit crop",
                        fit_of(*stated.crop_mode)));
    }
    for (const float each : stated.mean.value_or(std::array<float, 3>{}))
        if (!std::isfinite(each)) throw UsageError("--mean: it takes finite numbers");
    for (const float each : stated.std.value_or(std::array<float, 3>{1, 1, 1})) {
        if (!(each > 0 && std::isfinite(each))) throw UsageError("--std: it takes finite numbers above 0");
    }
}

Preprocessing with_stated(const StatedPreprocessing& stated, const Preprocessing& own) {
    check_stated(stated);
    Preprocessing now = own;
    now.image_size = stated.image_size.value_or(own.image_size);
    now.crop_mode = stated.crop_mode.value_or(own.crop_mode);
    now.short_side = short_side_of(stated, own, now);
    if (stated.short_side && now.crop_mode != CropMode::center) {
        throw UsageError(fmt::format(
            "--short-side: this model does not resize the short side ({}): add --fit crop, or leave it out",
            describe_size(own)));
    }
    if (stated.crop_mode) now.crop_start = CropStart::rounded_half_to_even;
    now.interpolation = stated.interpolation.value_or(own.interpolation);
    now.mean = stated.mean.value_or(own.mean);
    now.std = stated.std.value_or(own.std);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const float largest = (std::abs(now.mean[channel]) + 1) / now.std[channel];
        if (!std::isfinite(largest))
            throw UsageError("--mean and --std: with these the pixels are not finite");
    }
    return now;
}

std::vector<std::string> overriding(const StatedPreprocessing& stated, const Preprocessing& own) {
    const Preprocessing now = with_stated(stated, own);
    std::vector<std::string> names;
    const auto add = [&](bool is_stated, bool changes, std::string_view name) {
        if (is_stated && changes) names.emplace_back(name);
    };
    const bool other_side = now.short_side != own.short_side;
    add(stated.image_size.has_value(), now.image_size != own.image_size, "--size");
    add(stated.short_side.has_value(), other_side, "--short-side");
    add(stated.crop_pct.has_value(), other_side, "--crop-pct");
    const bool other_crop = now.crop_mode != own.crop_mode || now.crop_start != own.crop_start;
    add(stated.crop_mode.has_value(), other_crop || (other_side && !stated.image_size && !stated.crop_pct),
        "--fit");
    add(stated.interpolation.has_value(), now.interpolation != own.interpolation, "--interpolation");
    add(stated.mean.has_value(), now.mean != own.mean, "--mean");
    add(stated.std.has_value(), now.std != own.std, "--std");
    return names;
}

}  // namespace imnet
