#include "preprocess/transformers_processor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "base/errors.h"

namespace imnet {
namespace {

using Triple = std::array<double, 3>;

constexpr Triple half{0.5, 0.5, 0.5};
constexpr Triple clip_mean{0.48145466, 0.4578275, 0.40821073};
constexpr Triple clip_std{0.26862954, 0.26130258, 0.27577711};
constexpr double usual_crop_pct = 224.0 / 256.0;
constexpr std::int64_t largest_side = 4096;

// What a processor does unless the file says otherwise. A crop of 0 is none.
struct Processor {
    std::string_view name;
    bool number_is_square;  // whether a size that is one number is that of both sides, not of the short one
    std::int64_t size;
    std::int64_t crop;
    Interpolation interpolation;
    Triple mean;
    Triple std;
};

constexpr std::array processors = {
    Processor{"ConvNext", false, 384, 0, Interpolation::bicubic, half, half},
    Processor{"ViT", true, 224, 0, Interpolation::bilinear, half, half},
    Processor{"Bit", false, 224, 224, Interpolation::bicubic, clip_mean, clip_std},
    Processor{"CLIP", false, 224, 224, Interpolation::bicubic, clip_mean, clip_std},
    Processor{"DeiT", true, 256, 224, Interpolation::bicubic, half, half},
};

[[noreturn]] void refuse(std::string_view key, const Json& value, std::string_view why) {
    throw ModelError(fmt::format("{}: {}: {}", key, value.dump(), why));
}

[[noreturn]] void refuse_setting(const Json& config, std::string_view key, std::string_view why) {
    const Json* value = config.find(key);
    refuse(key, value == nullptr ? Json() : *value, why);
}

// transformers takes null as a setting that is left out.
const Json* stated(const Json& config, std::string_view key) {
    const Json* found = config.find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

bool flag(const Json& config, std::string_view key, bool otherwise) {
    const Json* found = stated(config, key);
    if (found == nullptr) return otherwise;
    if (*found == true) return true;
    if (*found == false) return false;
    refuse(key, *found, "it has to be true or false");
}

// The type without what tells its age and backend: "ConvNextImageProcessorFast" → "ConvNext".
const Processor& processor_of(const Json& config, std::string_view usual_type) {
    std::string_view key = "image_processor_type";
    if (stated(config, key) == nullptr) key = "feature_extractor_type";
    const Json* type = stated(config, key);
    if (type != nullptr && !type->is_string()) refuse(key, *type, "it has to be a name");
    const std::string full_name = type == nullptr ? std::string(usual_type) : type->get<std::string>();
    std::string_view name = full_name;
    for (const std::string_view ending : {"Fast", "Pil", "ImageProcessor", "FeatureExtractor"})
        if (name.ends_with(ending)) name.remove_suffix(ending.size());
    for (const Processor& each : processors)
        if (each.name == name) return each;
    if (full_name.empty()) throw ModelError("image_processor_type is missing, and no other setting tells it");
    refuse(key, full_name, "imnet knows the processors of ConvNext, ViT, Bit, CLIP and DeiT");
}

std::int64_t pixels(std::string_view key, const Json& whole, const Json& side) {
    const auto value = side.is_integer() ? side.get<std::int64_t>() : 0;
    if (value < 1 || value > largest_side)
        refuse(key, whole, fmt::format("a side has to be from 1 to {} pixels", largest_side));
    return value;
}

// A size: the side of a square, or of the short edge.
struct Size {
    std::int64_t side;
    bool square;
};

Size size_of(std::string_view key, const Json& value, bool number_is_square) {
    if (value.is_number()) return {pixels(key, value, value), number_is_square};
    const Json* height = nullptr;
    const Json* width = nullptr;
    if (value.is_array() && value.size() == 2) {
        height = &value.at(std::size_t{0});
        width = &value.at(std::size_t{1});
    } else if (value.is_object()) {
        for (const auto& [member, side] : value.members()) {
            const bool known = member == "height" || member == "width" || member == "shortest_edge";
            if (!known && !side.is_null()) refuse(key, value, fmt::format("imnet does not obey {}", member));
        }
        height = stated(value, "height");
        width = stated(value, "width");
        const Json* shortest = stated(value, "shortest_edge");
        if (shortest != nullptr && height == nullptr && width == nullptr)
            return {pixels(key, value, *shortest), false};
        if (shortest != nullptr) height = nullptr;
    }
    if (height == nullptr || width == nullptr)
        refuse(key, value, "it has to be a number, shortest_edge, or height and width");
    if (*height != *width) refuse(key, value, "the nets of imnet see squares");
    return {pixels(key, value, *height), true};
}

Interpolation interpolation_of(const Json& config, const Processor& processor) {
    const Json* resample = stated(config, "resample");
    if (resample == nullptr) return processor.interpolation;
    constexpr std::array by_number{Interpolation::nearest, Interpolation::lanczos, Interpolation::bilinear,
                                   Interpolation::bicubic, Interpolation::box,     Interpolation::hamming};
    const std::int64_t number = resample->is_integer() ? resample->get<std::int64_t>() : -1;
    if (number >= 0 && number < std::ssize(by_number)) return by_number[static_cast<std::size_t>(number)];
    refuse("resample", *resample, "it has to be a number from 0 to 5, one of Pillow's filters");
}

Triple triple(const Json& config, std::string_view key, const Triple& otherwise) {
    const Json* found = stated(config, key);
    if (found == nullptr) return otherwise;
    if (found->is_number()) {
        const double value = found->get<double>();
        return {value, value, value};
    }
    const bool numbers =
        found->is_array() && found->size() == 3 &&
        std::ranges::all_of(found->elements(), [](const Json& each) { return each.is_number(); });
    if (!numbers) refuse(key, *found, "it has to be a number, or one for each of three channels");
    return found->get<Triple>();
}

// The values of the bytes: (byte · factor − mean) / std, as (byte / 255 − mean′) / std′.
void set_values(const Json& config, const Processor& processor, Preprocessing& preprocessing) {
    double scale = 1;  // 255 · factor
    if (!flag(config, "do_rescale", true)) {
        scale = 255;
    } else if (const Json* factor = stated(config, "rescale_factor")) {
        scale = factor->is_number() ? 255 * factor->get<double>() : 0;
        if (!(scale > 0 && std::isfinite(scale)))
            refuse("rescale_factor", *factor, "it has to be a number above 0");
        if (std::abs(scale - 1) < 1e-6) scale = 1;  // 1/255, with fewer digits
    }
    const bool normalize = flag(config, "do_normalize", true);
    const Triple mean = normalize ? triple(config, "image_mean", processor.mean) : Triple{0, 0, 0};
    const Triple std = normalize ? triple(config, "image_std", processor.std) : Triple{1, 1, 1};
    for (std::size_t channel = 0; channel < 3; ++channel) {
        preprocessing.mean[channel] = static_cast<float>(mean[channel] / scale);
        preprocessing.std[channel] = static_cast<float>(std[channel] / scale);
        if (!std::isfinite(preprocessing.mean[channel]))
            refuse_setting(config, "image_mean", "it has to be finite");
        if (!(preprocessing.std[channel] > 0 && std::isfinite(preprocessing.std[channel])))
            refuse_setting(config, "image_std", "it has to be above 0");
    }
}

void refuse_other_steps(const Json& config) {
    constexpr std::array known{"do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb"};
    for (const auto& [key, value] : config.members()) {
        const bool other_step = key.starts_with("do_") && std::ranges::find(known, key) == known.end();
        const bool other_way = key == "rescale_offset" || key == "use_square_size";
        if ((other_step || other_way) && value == true) refuse(key, value, "imnet does not do this");
        if (key == "max_size" && !value.is_null()) refuse(key, value, "imnet does not obey it");
    }
    if (!flag(config, "do_resize", true))
        refuse_setting(config, "do_resize", "the nets of imnet see squares of one size");
}

// ConvNeXt's size is that of the crop: below 384 the short side is resized to more, else pictures are
// squashed.
void set_size_of_convnext(const Json& config, const Size& size, Preprocessing& preprocessing) {
    if (size.square) refuse_setting(config, "size", "ConvNext's processor needs shortest_edge");
    const Json* stated_share = stated(config, "crop_pct");
    const double share = stated_share == nullptr     ? usual_crop_pct
                         : stated_share->is_number() ? stated_share->get<double>()
                                                     : 0;
    if (!(share > 0.1 && share <= 1))
        refuse("crop_pct", *stated_share, "it has to be a number above 0.1, and 1 at most");
    const bool squash = size.side >= 384;
    preprocessing.image_size = static_cast<int>(size.side);
    preprocessing.short_side =
        squash ? preprocessing.image_size : static_cast<int>(static_cast<double>(size.side) / share);
    preprocessing.crop_mode = squash ? CropMode::squash : CropMode::center;
    if (!flag(config, "do_center_crop", false)) return;
    const Json* crop = stated(config, "crop_size");
    if (crop == nullptr || size_of("crop_size", *crop, true).side != size.side)
        refuse("do_center_crop", true, "ConvNext's processor crops to its size already");
}

void set_size(const Json& config, const Processor& processor, const Size& size,
              Preprocessing& preprocessing) {
    preprocessing.short_side = preprocessing.image_size = static_cast<int>(size.side);
    preprocessing.crop_mode = size.square ? CropMode::squash : CropMode::center;
    if (!flag(config, "do_center_crop", processor.crop > 0)) {
        if (!size.square) refuse_setting(config, "size", "without do_center_crop pictures differ in size");
        return;
    }
    const Json* stated_crop = stated(config, "crop_size");
    if (stated_crop == nullptr && processor.crop == 0)
        refuse("do_center_crop", true, "there is no crop_size");
    const Size crop =
        stated_crop == nullptr ? Size{processor.crop, true} : size_of("crop_size", *stated_crop, true);
    if (!crop.square) refuse("crop_size", *stated_crop, "it has to be a number, or height and width");
    preprocessing.image_size = static_cast<int>(crop.side);
}

}  // namespace

Preprocessing parse_transformers_processor(const Json& config, std::string_view usual_type) {
    if (!config.is_object()) throw ModelError("it is not a JSON object");
    const Processor& processor = processor_of(config, usual_type);
    refuse_other_steps(config);
    Preprocessing preprocessing;
    const Json* stated_size = stated(config, "size");
    const Size size = stated_size == nullptr ? Size{processor.size, processor.number_is_square}
                                             : size_of("size", *stated_size, processor.number_is_square);
    if (processor.name == "ConvNext")
        set_size_of_convnext(config, size, preprocessing);
    else
        set_size(config, processor, size, preprocessing);
    preprocessing.interpolation = interpolation_of(config, processor);
    preprocessing.crop_start = CropStart::rounded_down;
    set_values(config, processor, preprocessing);
    return preprocessing;
}

}  // namespace imnet
