// A PNM file is 'P' and a digit; width, height and (except in a bitmap) the highest value, as decimal
// numbers with white space and # comments between them; then the samples, as numbers, or after one white
// space in binary: bits, bytes, or two bytes each if there are more than 256 levels.
//
// As in Pillow, samples are scaled by value / highest and rounded half to even: colours to 255, greys of
// more than 256 levels to 65535 and then clipped to 255, as `convert("RGB")` does.
// stb_image is not used for PNM: it does not scale, reads neither bitmaps nor plain files, and its PNM reader
// has known holes.
#include "codecs/pnm.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "codecs/damage.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

struct Pnm {
    bool plain = false;
    bool bitmap = false;
    int channels = 1;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t highest = 1;
};

tl::unexpected<InputError> damaged(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("damaged PNM: {}", what));
}

bool is_space(std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// The next byte that is neither white space nor part of a comment; 0 at the end.
std::uint8_t first_of_token(ByteReader& reader) {
    bool in_comment = false;
    while (reader.remaining() > 0) {
        const std::uint8_t c = reader.u8();
        if (in_comment) {
            in_comment = c != '\n' && c != '\r';
        } else if (c == '#') {
            in_comment = true;
        } else if (!is_space(c)) {
            return c;
        }
    }
    return 0;
}

/// Reads a decimal number below 10⁹ and the one byte after it.
std::optional<std::uint32_t> read_number(ByteReader& reader) {
    std::uint32_t number = 0;
    int digits = 0;
    for (std::uint8_t c = first_of_token(reader); c >= '0' && c <= '9'; ++digits) {
        if (digits == 9) return std::nullopt;
        number = number * 10 + (c - '0');
        if (reader.remaining() == 0) return number;
        c = reader.u8();
        if (is_space(c)) return number;
    }
    return std::nullopt;
}

Expected<Pnm> read_header(ByteReader& reader) {
    reader.skip(1);
    const int kind = reader.u8() - '0';
    Pnm pnm;
    pnm.plain = kind <= 3;
    pnm.bitmap = kind == 1 || kind == 4;
    pnm.channels = kind == 3 || kind == 6 ? 3 : 1;
    for (std::uint32_t* field : {&pnm.width, &pnm.height, &pnm.highest}) {
        if (field == &pnm.highest && pnm.bitmap) break;
        const auto number = read_number(reader);
        if (!number) return damaged("its header has no valid size or highest value");
        *field = *number;
    }
    if (pnm.highest == 0 || pnm.highest > 65535)
        return damaged("its highest value is not within 1 and 65535");
    return pnm;
}

/// The byte for each value up to the highest; the last element is for all values above it.
std::vector<std::uint8_t> shown_values(const Pnm& pnm) {
    const double full = pnm.channels == 1 && pnm.highest > 255 ? 65535 : 255;
    std::vector<std::uint8_t> shown(std::size_t{pnm.highest} + 2);
    for (std::size_t value = 0; value < shown.size(); ++value) {
        const double scaled = std::nearbyint(static_cast<double>(value) / pnm.highest * full);
        shown[value] = static_cast<std::uint8_t>(std::min(scaled, 255.0));
    }
    shown.back() = 255;
    return shown;
}

/// The damage of a picture whose last whole row is the one before `row`. The rows after it are black.
std::optional<Damage> cut_before(std::uint32_t row, const Pnm& pnm, Image& image) {
    std::fill(image.rgb.begin() + static_cast<std::ptrdiff_t>(row) * image.width * 3, image.rgb.end(),
              std::uint8_t{0});
    return Damage{fmt::format("truncated PNM: {} of {} rows", row, pnm.height)};
}

Expected<std::optional<Damage>> decode_bitmap(ByteReader& reader, const Pnm& pnm, Image& image) {
    auto out = image.rgb.begin();
    for (std::uint32_t y = 0; y < pnm.height; ++y) {
        std::uint8_t packed = 0;
        for (std::uint32_t x = 0; x < pnm.width; ++x) {
            bool black = false;
            if (pnm.plain) {
                const std::uint8_t digit = first_of_token(reader);
                if (digit == 0) return input_error(InputErrorKind::decode, "truncated PNM: too few pixels");
                if (digit != '0' && digit != '1') return damaged("a bit is neither 0 nor 1");
                black = digit == '1';
            } else {
                if (x % 8 == 0) packed = reader.u8();
                black = (packed >> (7 - x % 8) & 1) != 0;
            }
            out = std::fill_n(out, 3, black ? std::uint8_t{0} : std::uint8_t{255});
        }
        if (reader.overran()) return cut_before(y, pnm, image);
    }
    return std::nullopt;
}

Expected<std::optional<Damage>> decode_samples(ByteReader& reader, const Pnm& pnm, Image& image) {
    const std::vector<std::uint8_t> shown = shown_values(pnm);
    auto out = image.rgb.begin();
    for (std::uint32_t y = 0; y < pnm.height; ++y) {
        for (std::uint64_t i = 0; i < std::uint64_t{pnm.width} * pnm.channels; ++i) {
            std::uint32_t value = 0;
            if (pnm.plain) {
                const auto number = read_number(reader);
                if (!number && reader.remaining() > 0) return damaged("a sample is not a number");
                if (!number) return input_error(InputErrorKind::decode, "truncated PNM: too few samples");
                if (*number > pnm.highest) return damaged("a sample is above the highest value");
                value = *number;
            } else {
                value = pnm.highest > 255 ? reader.u16_be() : reader.u8();
            }
            out = std::fill_n(out, 3 / pnm.channels, shown[std::min(value, pnm.highest + 1)]);
        }
        if (reader.overran()) return cut_before(y, pnm, image);
    }
    return std::nullopt;
}

}  // namespace

Expected<DecodedImage> decode_pnm(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    ByteReader reader(bytes);
    const Expected<Pnm> pnm = read_header(reader);
    if (!pnm) return tl::unexpected(pnm.error());
    if (auto error = size_error(pnm->width, pnm->height, limits)) return tl::unexpected(std::move(*error));
    Image image = blank_image(pnm->width, pnm->height);
    auto damage = pnm->bitmap ? decode_bitmap(reader, *pnm, image) : decode_samples(reader, *pnm, image);
    if (!damage) return tl::unexpected(std::move(damage.error()));
    DecodedImage decoded{std::move(image), 1};
    decoded.damage = std::move(*damage);
    return judged(std::move(decoded), limits.damage);
}

}  // namespace imnet
