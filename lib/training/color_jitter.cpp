// Follows Pillow's Blend.c, Convert.c and ImageEnhance.py in every operation that rounds.
#include "training/color_jitter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace imnet {
namespace {

/// Pillow's `convert("L")`: ITU-R 601-2 in 16-bit fixed point.
std::uint8_t grey(const std::uint8_t* rgb) {
    return static_cast<std::uint8_t>((rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000U) >> 16);
}

/// `Image.blend(from, to, factor)` of one byte, in float and truncated.
std::uint8_t blend(int from, int to, float factor) {
    const float mixed = static_cast<float>(from) + factor * static_cast<float>(to - from);
    return static_cast<std::uint8_t>(std::clamp(mixed, 0.0F, 255.0F));
}

void blend_with(Image& image, int grey_level, double factor) {
    std::array<std::uint8_t, 256> blended;
    for (int byte = 0; byte < 256; ++byte)
        blended[byte] = blend(grey_level, byte, static_cast<float>(factor));
    for (std::uint8_t& byte : image.rgb) byte = blended[byte];
}

struct Hsv {
    std::uint8_t hue, saturation, value;
};

std::uint8_t to_byte(int number) { return static_cast<std::uint8_t>(std::clamp(number, 0, 255)); }

Hsv to_hsv(const std::uint8_t* rgb) {
    const int r = rgb[0];
    const int g = rgb[1];
    const int b = rgb[2];
    const int highest = std::max({r, g, b});
    const int lowest = std::min({r, g, b});
    const auto value = static_cast<std::uint8_t>(highest);
    if (lowest == highest) return {0, 0, value};
    const auto range = static_cast<float>(highest - lowest);
    const float saturation = range / static_cast<float>(highest);
    const float red = static_cast<float>(highest - r) / range;
    const float green = static_cast<float>(highest - g) / range;
    const float blue = static_cast<float>(highest - b) / range;
    float hue = 0;
    if (r == highest) {
        hue = blue - green;
    } else if (g == highest) {
        hue = static_cast<float>(2.0 + static_cast<double>(red) - static_cast<double>(blue));
    } else {
        hue = static_cast<float>(4.0 + static_cast<double>(green) - static_cast<double>(red));
    }
    // The value was between 5/6 and 2, so fmod(…, 1) is its fractional part.
    const double turned = static_cast<double>(hue) / 6.0 + 1.0;
    hue = static_cast<float>(turned >= 1.0 ? turned - 1.0 : turned);
    return {to_byte(static_cast<int>(static_cast<double>(hue) * 255.0)),
            to_byte(static_cast<int>(static_cast<double>(saturation) * 255.0)), value};
}

void to_rgb(const Hsv& hsv, std::uint8_t* rgb) {
    const std::uint8_t v = hsv.value;
    if (hsv.saturation == 0) {
        std::fill_n(rgb, 3, v);
        return;
    }
    const double sixths = static_cast<double>(hsv.hue) * 6.0 / 255.0;
    const int sector = static_cast<int>(sixths);
    const auto rest = static_cast<float>(sixths - sector);
    const auto saturation = static_cast<float>(hsv.saturation / 255.0);
    // For none of these products does the addition round up to the next integer, so this equals Pillow's
    // round().
    const auto scaled = [&](double part) { return to_byte(static_cast<int>(v * part + 0.5)); };
    const std::uint8_t p = scaled(1.0 - static_cast<double>(saturation));
    const std::uint8_t q = scaled(1.0 - static_cast<double>(saturation * rest));  // a product in float
    const std::uint8_t t = scaled(1.0 - static_cast<double>(saturation) * (1.0 - static_cast<double>(rest)));
    const std::array<std::array<std::uint8_t, 3>, 6> sectors{
        {{v, t, p}, {q, v, p}, {p, v, t}, {p, q, v}, {t, p, v}, {v, p, q}}};
    std::ranges::copy(sectors[sector % 6], rgb);
}

}  // namespace

void adjust_brightness(Image& image, double factor) { blend_with(image, 0, factor); }

void adjust_contrast(Image& image, double factor) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) sum += grey(&image.rgb[i]);
    const double mean = static_cast<double>(sum) / static_cast<double>(image.rgb.size() / 3);
    blend_with(image, static_cast<int>(mean + 0.5), factor);
}

void adjust_saturation(Image& image, double factor) {
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
        const std::uint8_t level = grey(&image.rgb[i]);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            std::uint8_t& byte = image.rgb[i + channel];
            byte = blend(level, byte, static_cast<float>(factor));
        }
    }
}

void adjust_hue(Image& image, double turn) {
    // A negative number wraps around, as NumPy's uint8 does.
    const auto turned_by = static_cast<std::uint8_t>(static_cast<int>(turn * 255));
    for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
        Hsv hsv = to_hsv(&image.rgb[i]);
        hsv.hue = static_cast<std::uint8_t>(hsv.hue + turned_by);
        to_rgb(hsv, &image.rgb[i]);
    }
}

}  // namespace imnet
