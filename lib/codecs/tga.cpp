// A TGA file is a header of 18 bytes, an identification, an optional palette, and pixels, plain or in packets
// of up to 128 (the top bit of a packet's first byte says whether one pixel is repeated or that many follow).
// The first pixel is at the bottom left unless the header says otherwise. Alpha is dropped.
//
// stb_image is not used for TGA: it accepts truncated files, does not mirror pictures that are stored from
// the right, and unlike Pillow shows another colour for an index past the palette.
#include "codecs/tga.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "codecs/damage.h"
#include "codecs/palette.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

enum ImageType : std::uint8_t { indexed = 1, color = 2, grey = 3, in_runs = 8 };

constexpr std::uint8_t from_right = 0x10;
constexpr std::uint8_t from_top = 0x20;
constexpr std::uint8_t interleaved = 0xC0;

struct Tga {
    std::uint8_t identification_length = 0;
    std::uint8_t has_palette = 0;
    std::uint8_t type = 0;
    int first_color = 0;
    int colors = 0;
    int color_bits = 0;
    int width = 0;
    int height = 0;
    int bits = 0;
    std::uint8_t flags = 0;
    Palette palette;
};

Tga read_header(ByteReader& reader) {
    Tga tga;
    tga.identification_length = reader.u8();
    tga.has_palette = reader.u8();
    tga.type = reader.u8();
    tga.first_color = reader.u16_le();
    tga.colors = reader.u16_le();
    tga.color_bits = reader.u8();
    reader.skip(4);
    tga.width = reader.u16_le();
    tga.height = reader.u16_le();
    tga.bits = reader.u8();
    tga.flags = reader.u8();
    return tga;
}

bool is_color_depth(int bits) { return bits == 16 || bits == 24 || bits == 32; }

bool is_served(const Tga& tga) {
    switch (tga.type & ~in_runs) {
        case indexed:
            return tga.has_palette == 1 && tga.bits == 8 && tga.colors > 0 &&
                   (is_color_depth(tga.color_bits) || tga.color_bits == 15);
        case color: return is_color_depth(tga.bits);
        case grey: return tga.bits == 8 || tga.bits == 16;  // 16: grey and alpha
        default: return false;
    }
}

Palette::Color read_color(ByteReader& reader, int bits) {
    if (bits <= 16) {
        const unsigned pixel = reader.u16_le();
        const auto widen = [](unsigned five_bits) {
            return static_cast<std::uint8_t>((five_bits & 31) * 255 / 31);
        };
        return {widen(pixel >> 10), widen(pixel >> 5), widen(pixel)};
    }
    Palette::Color color{};
    for (int channel = 2; channel >= 0; --channel) color[channel] = reader.u8();
    if (bits == 32) reader.skip(1);
    return color;
}

void read_palette(ByteReader& reader, Tga& tga) {
    for (int i = 0; i < tga.first_color && i < 256; ++i) tga.palette[static_cast<std::uint8_t>(i)].fill(0);
    for (int i = tga.first_color; i < tga.first_color + tga.colors; ++i) {
        const Palette::Color color = read_color(reader, tga.color_bits);
        if (i < 256) tga.palette[static_cast<std::uint8_t>(i)] = color;
    }
}

Palette::Color read_pixel(ByteReader& reader, const Tga& tga) {
    const int type = tga.type & ~in_runs;
    if (type == color) return read_color(reader, tga.bits);
    const std::uint8_t value = reader.u8();
    if (type == indexed) return tga.palette[value];
    if (tga.bits == 16) reader.skip(1);
    return {value, value, value};
}

/// Returns the pixels in their stored order.
class PixelReader {
public:
    PixelReader(ByteReader& reader, const Tga& tga) : reader_(reader), tga_(tga) {}

    Palette::Color next() {
        if ((tga_.type & in_runs) == 0) return read_pixel(reader_, tga_);
        if (left_ == 0) {
            const std::uint8_t packet = reader_.u8();
            repeats_ = (packet & 0x80) != 0;
            left_ = (packet & 0x7F) + 1;
            if (repeats_) pixel_ = read_pixel(reader_, tga_);
        }
        --left_;
        if (!repeats_) pixel_ = read_pixel(reader_, tga_);
        return pixel_;
    }

private:
    ByteReader& reader_;
    const Tga& tga_;
    Palette::Color pixel_{};
    int left_ = 0;
    bool repeats_ = false;
};

std::string truncation(int rows, int height) {
    return fmt::format("truncated TGA: {} of {} rows", rows, height);
}

/// What Pillow's new pictures show: the first colour of a palette, else black.
Palette::Color empty_color(const Tga& tga) {
    return (tga.type & ~in_runs) == indexed ? tga.palette[0] : Palette::Color{};
}

}  // namespace

bool looks_like_tga(std::span<const std::byte> bytes) {
    ByteReader reader(bytes);
    const Tga tga = read_header(reader);
    return !reader.overran() && tga.has_palette <= 1 && is_served(tga) && tga.width > 0 && tga.height > 0 &&
           (tga.flags & interleaved) == 0 && (tga.flags & 15) <= 8;
}

Expected<DecodedImage> decode_tga(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    ByteReader reader(bytes);
    Tga tga = read_header(reader);
    if (auto error = size_error(tga.width, tga.height, limits)) return tl::unexpected(std::move(*error));
    reader.skip(tga.identification_length);
    if (tga.has_palette == 1) read_palette(reader, tga);
    if (reader.overran()) return input_error(InputErrorKind::decode, truncation(0, tga.height));

    Image image = blank_image(tga.width, tga.height);
    PixelReader pixels(reader, tga);
    std::optional<Damage> damage;
    for (int y = 0; y < tga.height; ++y) {
        std::uint8_t* row = image.row((tga.flags & from_top) != 0 ? y : tga.height - 1 - y);
        for (int x = 0; x < tga.width; ++x) {
            const int column = (tga.flags & from_right) != 0 ? tga.width - 1 - x : x;
            std::ranges::copy(pixels.next(), row + std::size_t{3} * column);
        }
        if (!reader.overran()) continue;
        if (!damage) damage = Damage{truncation(y, tga.height)};
        for (int x = 0; x < tga.width; ++x) std::ranges::copy(empty_color(tga), row + std::size_t{3} * x);
    }
    DecodedImage decoded{std::move(image), 1};
    decoded.damage = std::move(damage);
    return judged(std::move(decoded), limits.damage);
}

}  // namespace imnet
