#include "training/augmentation.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <optional>

#include "base/split_mix.h"
#include "base/torch_generator.h"
#include "preprocess/preprocess.h"
#include "preprocess/resample.h"
#include "training/color_jitter.h"

namespace imnet {
namespace {

struct Crop {
    int left, top, width, height;
};

/// `torch.exp` of a float near 0 as PyTorch's vector loops compute it: SLEEF's expf with an error of up to
/// 1.0 units in the last place. One of 14 results differs from that of libm.
float torch_exp(float x) {
    const float power = std::nearbyint(x * 1.442695040888963407F);
    const float rest = std::fma(power, -1.428606765330187045e-06F, std::fma(power, -0.693145751953125F, x));
    float sum = 0.000198527617612853646278381F;
    for (const float coefficient : {0.00139304355252534151077271F, 0.00833336077630519866943359F,
                                    0.0416664853692054748535156F, 0.166666671633720397949219F, 0.5F}) {
        sum = std::fma(sum, rest, coefficient);
    }
    return std::ldexp(1.0F + std::fma(rest * rest, sum, rest), static_cast<int>(power));
}

/// Python's int(round(x)): halves are rounded to even.
int rounded(double x) { return static_cast<int>(std::nearbyint(x)); }

/// The whole picture, or the largest part in its centre with an allowed ratio. From a strip that is too
/// narrow for that, torchvision takes no pixel at all, and Pillow makes it black; here one pixel is taken.
Crop central_crop(const Image& image, double lowest_ratio, double highest_ratio) {
    const double ratio = static_cast<double>(image.width) / static_cast<double>(image.height);
    int width = image.width;
    int height = image.height;
    if (ratio < lowest_ratio) {
        height = std::max(rounded(width / lowest_ratio), 1);
    } else if (ratio > highest_ratio) {
        width = std::max(rounded(height * highest_ratio), 1);
    }
    return {(image.width - width) / 2, (image.height - height) / 2, width, height};
}

/// RandomResizedCrop.get_params.
Crop draw_crop(const Image& image, const Augmentation& augmentation, TorchGenerator& generator) {
    const auto [lowest_ratio, highest_ratio] = augmentation.ratio;
    const double area = static_cast<double>(image.width) * image.height;
    const float log_from = std::log(static_cast<float>(lowest_ratio));
    const float log_to = std::log(static_cast<float>(highest_ratio));
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double target_area =
            area * static_cast<double>(generator.uniform(augmentation.scale[0], augmentation.scale[1]));
        const auto ratio = static_cast<double>(torch_exp(generator.uniform(log_from, log_to)));
        const int width = rounded(std::sqrt(target_area * ratio));
        const int height = rounded(std::sqrt(target_area / ratio));
        if (width <= 0 || width > image.width || height <= 0 || height > image.height) continue;
        const auto top = static_cast<int>(generator.randint(0, image.height - height + 1));
        const auto left = static_cast<int>(generator.randint(0, image.width - width + 1));
        return {left, top, width, height};
    }
    return central_crop(image, std::min(lowest_ratio, highest_ratio), std::max(lowest_ratio, highest_ratio));
}

Image cropped(const Image& image, const Crop& crop) {
    Image part{crop.width, crop.height, {}};
    part.rgb.reserve(std::size_t{3} * crop.width * crop.height);
    for (int y = crop.top; y < crop.top + crop.height; ++y) {
        const std::uint8_t* row = image.row(y) + std::size_t{3} * crop.left;
        part.rgb.insert(part.rgb.end(), row, row + std::size_t{3} * crop.width);
    }
    return part;
}

/// A random factor of ColorJitter, around 1 and not below 0; nothing where it is off.
std::optional<double> draw_factor(double spread, TorchGenerator& generator) {
    if (spread == 0) return std::nullopt;
    return generator.uniform(std::max(1.0 - spread, 0.0), 1.0 + spread);
}

void jitter_colors(Image& image, const Augmentation& augmentation, TorchGenerator& generator) {
    const std::vector<int> order = generator.randperm(4);
    const auto brightness = draw_factor(augmentation.brightness, generator);
    const auto contrast = draw_factor(augmentation.contrast, generator);
    const auto saturation = draw_factor(augmentation.saturation, generator);
    std::optional<double> hue;
    if (augmentation.hue != 0) hue = generator.uniform(-augmentation.hue, augmentation.hue);
    for (const int adjustment : order) {
        if (adjustment == 0 && brightness) adjust_brightness(image, *brightness);
        if (adjustment == 1 && contrast) adjust_contrast(image, *contrast);
        if (adjustment == 2 && saturation) adjust_saturation(image, *saturation);
        if (adjustment == 3 && hue) adjust_hue(image, *hue);
    }
}

bool jitters_colors(const Augmentation& augmentation) {
    return augmentation.brightness != 0 || augmentation.contrast != 0 || augmentation.saturation != 0 ||
           augmentation.hue != 0;
}

}  // namespace

void augment(const Image& image, const Augmentation& augmentation, std::uint64_t seed, std::span<float> out) {
    const int size = augmentation.size;
    assert(out.size() == std::size_t{3} * size * size);
    TorchGenerator generator(seed);
    const Crop crop = draw_crop(image, augmentation, generator);
    Image picture = resize(cropped(image, crop), size, size, augmentation.interpolation, {0, 0, size, size});
    const bool flip = generator.rand() < static_cast<float>(augmentation.flip);
    // Flipped when it is written, because no adjustment of colours depends on the position of a pixel.
    if (jitters_colors(augmentation)) jitter_colors(picture, augmentation, generator);

    const ByteValues<float> values = normalized_bytes(augmentation.mean, augmentation.std);
    float* target = out.data();
    for (int y = 0; y < size; ++y) {
        const std::uint8_t* pixel = flip ? picture.row(y) + std::size_t{3} * (size - 1) : picture.row(y);
        for (int x = 0; x < size; ++x, pixel += flip ? -3 : 3) {
            for (std::size_t channel = 0; channel < 3; ++channel) *target++ = values[channel][pixel[channel]];
        }
    }
}

std::uint64_t sample_seed(std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) {
    return mix_bits(mix_bits(seed, epoch), index);
}

}  // namespace imnet
