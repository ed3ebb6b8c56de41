#include "codecs/tiff/rows.h"

#include <algorithm>
#include <cstring>

#include "codecs/ink.h"

namespace imnet {
namespace {

template <typename Number>
Number load(const std::byte* samples, std::size_t index) {
    Number number;
    std::memcpy(&number, samples + index * sizeof(Number), sizeof(Number));
    return number;
}

template <typename Number>
std::uint8_t clip(Number number) {
    if (!(number > 0)) return 0;  // also what is not a number
    return number >= 255 ? std::uint8_t{255} : static_cast<std::uint8_t>(number);
}

template <typename Number>
void clip_all(const std::byte* samples, std::span<std::uint8_t> out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = clip(load<Number>(samples, i));
}

/// Samples of 1, 2 or 4 bits, the high bits of a byte first. Greys are stretched to 0…255, indices are kept.
void spread_bits(int bits, bool stretch, const std::byte* samples, std::span<std::uint8_t> out) {
    const int highest = (1 << bits) - 1;
    const int factor = stretch ? 255 / highest : 1;
    const std::size_t per_byte = 8 / static_cast<std::size_t>(bits);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const int shift = 8 - bits * static_cast<int>(i % per_byte + 1);
        const int value = std::to_integer<int>(samples[i / per_byte]) >> shift & highest;
        out[i] = static_cast<std::uint8_t>(value * factor);
    }
}

/// Two samples of 12 bits in three bytes.
void clip_12_bits(const std::byte* samples, std::span<std::uint8_t> out) {
    const auto byte = [&](std::size_t i) { return std::to_integer<int>(samples[i]); };
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t first = i * 3 / 2;
        const int value =
            i % 2 == 0 ? byte(first) << 4 | byte(first + 1) >> 4 : (byte(first) & 15) << 8 | byte(first + 1);
        out[i] = clip(value);
    }
}

/// One byte for each sample. A wide number of a grey picture is clipped, that of a colour keeps its high
/// byte.
void read_bytes(const TiffLayout& layout, const std::byte* samples, std::span<std::uint8_t> out) {
    const bool grey = layout.color == TiffColor::grey || layout.color == TiffColor::white_is_zero;
    if (layout.number == TiffNumber::float_32) return clip_all<float>(samples, out);
    if (layout.number == TiffNumber::signed_integer) {
        return layout.bits == 16 ? clip_all<std::int16_t>(samples, out)
                                 : clip_all<std::int32_t>(samples, out);
    }
    switch (layout.bits) {
        case 8: std::memcpy(out.data(), samples, out.size()); return;
        case 12: return clip_12_bits(samples, out);
        case 16:
            if (grey) return clip_all<std::uint16_t>(samples, out);
            for (std::size_t i = 0; i < out.size(); ++i) {
                out[i] = static_cast<std::uint8_t>(load<std::uint16_t>(samples, i) >> 8);
            }
            return;
        default: spread_bits(layout.bits, grey, samples, out);
    }
}

}  // namespace

void rgb_from_samples(const TiffLayout& layout, const std::byte* samples, std::size_t pixels,
                      std::span<std::uint8_t> scratch, std::uint8_t* rgb) {
    const auto step = static_cast<std::size_t>(layout.samples);
    read_bytes(layout, samples, scratch.first(pixels * step));
    const std::uint8_t* in = scratch.data();
    for (std::size_t i = 0; i < pixels; ++i, in += step, rgb += 3) {
        switch (layout.color) {
            case TiffColor::grey: std::fill_n(rgb, 3, in[0]); break;
            case TiffColor::white_is_zero: std::fill_n(rgb, 3, static_cast<std::uint8_t>(255 - in[0])); break;
            case TiffColor::palette: std::ranges::copy(layout.palette[in[0]], rgb); break;
            case TiffColor::rgb_by_libtiff:
            case TiffColor::rgb: std::copy_n(in, 3, rgb); break;
            case TiffColor::premultiplied_rgb:
                for (int c = 0; c < 3; ++c) {
                    rgb[c] = in[3] == 0 ? std::uint8_t{0} : clip(in[c] * 255 / in[3]);
                }
                break;
            case TiffColor::cmyk:
                for (int c = 0; c < 3; ++c) rgb[c] = light_through_ink(in[c], in[3]);
                break;
        }
    }
}

}  // namespace imnet
