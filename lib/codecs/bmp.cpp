// A BMP file is a file header ("BM", sizes, offset of the pixels), which a DIB lacks, an info header that
// begins with its own length, bit masks or a palette, and rows. The bottom row comes first unless the height
// is negative; each row is padded to four bytes. Refused: JPEG and PNG inside BMP, and depths other than 1,
// 4, 8, 16, 24, 32.
//
// stb_image is not used for BMP: it widens 5- and 6-bit colours by repeating bits, where Pillow computes
// value · 255 / 31; it accepts truncated files; it reads a palette past its end; and it has no run lengths.
// Pillow 9.4 misreads some files, which this reader decodes as the format defines: moves within run lengths,
// runs of an odd number of 4-bit pixels, 4-bit palettes of greys only, and 8-bit palettes of two colours.
#include "codecs/bmp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "codecs/damage.h"
#include "codecs/palette.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

constexpr std::size_t file_header_length = 14;
constexpr std::uint32_t os2_header_length = 12;

enum Compression : std::uint32_t { none = 0, runs8 = 1, runs4 = 2, bit_fields = 3 };

struct Bmp {
    std::uint32_t header_length = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool from_top = false;
    int bits = 0;
    std::uint32_t compression = none;
    std::uint32_t colors = 0;
    std::array<std::uint32_t, 3> masks{};  // red, green, blue
    Palette palette;
    std::span<const std::byte> pixels;
};

tl::unexpected<InputError> refused(std::string_view what) {
    return input_error(InputErrorKind::format,
                       fmt::format("BMP with {} is not supported: convert it to PNG or JPEG", what));
}

tl::unexpected<InputError> truncated(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("truncated BMP: {}", what));
}

void read_info_header(ByteReader& reader, Bmp& bmp) {
    bmp.header_length = reader.u32_le();
    if (bmp.header_length == os2_header_length) {
        bmp.width = reader.u16_le();
        bmp.height = reader.u16_le();
        reader.skip(2);
        bmp.bits = reader.u16_le();
        return;
    }
    bmp.width = reader.u32_le();
    const std::uint32_t height = reader.u32_le();
    bmp.from_top = static_cast<std::int32_t>(height) < 0;
    bmp.height = bmp.from_top ? 0 - height : height;
    reader.skip(2);
    bmp.bits = reader.u16_le();
    bmp.compression = reader.u32_le();
    reader.skip(12);
    bmp.colors = reader.u32_le();
    reader.skip(4);
}

/// The masks follow the first 40 bytes of the header, whether or not its length includes them.
void read_masks(ByteReader& reader, Bmp& bmp) {
    if (bmp.compression == bit_fields) {
        for (std::uint32_t& mask : bmp.masks) mask = reader.u32_le();
    }
    if (bmp.compression != bit_fields || bmp.masks == std::array<std::uint32_t, 3>{}) {
        if (bmp.bits == 16) bmp.masks = {0x7C00, 0x03E0, 0x001F};
        if (bmp.bits >= 24) bmp.masks = {0xFF0000, 0x00FF00, 0x0000FF};
    }
}

void read_palette(ByteReader& reader, Bmp& bmp) {
    const std::uint32_t all = 1U << bmp.bits;
    const std::uint32_t colors = std::min(bmp.colors == 0 ? all : bmp.colors, std::uint32_t{256});
    for (std::uint32_t i = 0; i < colors; ++i) {
        Palette::Color& color = bmp.palette[static_cast<std::uint8_t>(i)];
        for (int channel = 2; channel >= 0; --channel) color[channel] = reader.u8();
        if (bmp.header_length != os2_header_length) reader.skip(1);
    }
}

bool known_depth(int bits) {
    return bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
}

std::optional<InputError> unserved(const Bmp& bmp) {
    if (!known_depth(bmp.bits)) return refused(fmt::format("{} bits a pixel", bmp.bits)).value();
    const bool known_compression = bmp.compression == none || (bmp.compression == runs8 && bmp.bits == 8) ||
                                   (bmp.compression == runs4 && bmp.bits == 4) ||
                                   (bmp.compression == bit_fields && bmp.bits >= 16);
    if (!known_compression) {
        return refused(fmt::format("compression {} of {} bits a pixel", bmp.compression, bmp.bits)).value();
    }
    return std::nullopt;
}

bool has_file_header(std::span<const std::byte> bytes) { return as_text(bytes).starts_with("BM"); }

Expected<Bmp> read_headers(std::span<const std::byte> bytes) {
    ByteReader reader(bytes);
    std::size_t pixels_at = 0;
    if (has_file_header(bytes)) {
        reader.skip(10);
        pixels_at = reader.u32_le();
    }
    const std::size_t info_header_at = reader.position();
    Bmp bmp;
    read_info_header(reader, bmp);
    if (reader.overran()) return truncated("its header is cut off");
    if (auto error = unserved(bmp)) return tl::unexpected(std::move(*error));
    read_masks(reader, bmp);
    const std::size_t header_end = info_header_at + bmp.header_length;
    if (reader.position() < header_end) reader.skip(header_end - reader.position());
    if (bmp.bits <= 8) {
        // Some writers leave the palette out of the offset of the pixels; Pillow corrects that too.
        const std::size_t stated = pixels_at == header_end ? 0 : pixels_at;
        const std::size_t palette_at = reader.position();
        read_palette(reader, bmp);
        const std::size_t entry = bmp.header_length == os2_header_length ? 3 : 4;
        const std::size_t colors = bmp.colors == 0 ? std::size_t{1} << bmp.bits : bmp.colors;
        pixels_at = stated != 0 ? stated : palette_at + entry * colors;
    } else if (pixels_at == 0) {
        pixels_at = reader.position();
    }
    if (pixels_at >= bytes.size()) return truncated("it ends before its pixels");
    bmp.pixels = bytes.subspan(pixels_at);
    return bmp;
}

std::uint8_t masked(std::uint32_t pixel, std::uint32_t mask) {
    if (mask == 0) return 0;
    const int shift = std::countr_zero(mask);
    const std::uint64_t most = mask >> shift;
    return static_cast<std::uint8_t>(std::uint64_t{(pixel & mask) >> shift} * 255 / most);
}

void decode_row(const Bmp& bmp, ByteReader row, std::span<std::uint8_t> out) {
    std::uint8_t packed = 0;
    for (std::size_t x = 0; x < bmp.width; ++x, out = out.subspan(3)) {
        if (bmp.bits <= 8) {
            const std::size_t in_byte = x % (8 / bmp.bits);
            if (in_byte == 0) packed = row.u8();
            const int shift = 8 - bmp.bits * static_cast<int>(in_byte + 1);
            const int index = packed >> shift & ((1 << bmp.bits) - 1);
            std::ranges::copy(bmp.palette[static_cast<std::uint8_t>(index)], out.begin());
            continue;
        }
        std::uint32_t pixel = 0;
        for (int shift = 0; shift < bmp.bits; shift += 8) pixel |= std::uint32_t{row.u8()} << shift;
        for (int channel = 0; channel < 3; ++channel) out[channel] = masked(pixel, bmp.masks[channel]);
    }
}

std::span<std::uint8_t> stored_row(const Bmp& bmp, Image& image, std::size_t y) {
    const std::size_t from_top = bmp.from_top ? y : bmp.height - 1 - y;
    return {image.row(static_cast<int>(from_top)), std::size_t{3} * bmp.width};
}

/// Rows that are missing show what Pillow's new pictures do: the first colour of a palette, else black.
std::optional<Damage> decode_rows(const Bmp& bmp, Image& image) {
    const std::size_t row_length = (std::size_t{bmp.width} * bmp.bits + 7) / 8;
    const std::size_t stride = (row_length + 3) / 4 * 4;
    std::optional<Damage> damage;
    for (std::size_t y = 0; y < bmp.height; ++y) {
        const auto row = stored_row(bmp, image, y);
        if (y * stride + row_length <= bmp.pixels.size()) {
            decode_row(bmp, ByteReader(bmp.pixels.subspan(y * stride, row_length)), row);
            continue;
        }
        if (!damage) damage = Damage{fmt::format("truncated BMP: {} of {} rows", y, bmp.height)};
        if (bmp.bits > 8) break;
        for (std::size_t x = 0; x < bmp.width; ++x)
            std::ranges::copy(bmp.palette[0],
                              row.begin() + std::ptrdiff_t{3} * static_cast<std::ptrdiff_t>(x));
    }
    return damage;
}

/// Indices in runs. A run is a count and a value, or 0 and an escape: end of row, end of picture, a move to
/// the right and up, or a count of single indices, padded to two bytes. Pixels without a run have index 0.
Expected<void> decode_runs(const Bmp& bmp, Image& image) {
    ByteReader reader(bmp.pixels);
    std::size_t x = 0;
    std::size_t y = 0;
    const auto put = [&](int index) {
        if (x < bmp.width && y < bmp.height) {
            std::ranges::copy(bmp.palette[static_cast<std::uint8_t>(index)],
                              stored_row(bmp, image, y).subspan(x * 3).begin());
        }
        ++x;
    };
    const auto index_in = [&](std::uint8_t byte, int i) {
        if (bmp.bits == 8) return int{byte};
        return i % 2 == 0 ? byte >> 4 : byte & 15;
    };
    for (auto out = image.rgb.begin(); out != image.rgb.end();) {
        out = std::ranges::copy(bmp.palette[0], out).out;
    }
    while (y < bmp.height) {
        const std::uint8_t count = reader.u8();
        const std::uint8_t value = reader.u8();
        if (reader.overran()) {
            const bool whole = y + 1 == bmp.height && x >= bmp.width;
            return whole ? Expected<void>{} : truncated(fmt::format("{} of {} rows", y, bmp.height));
        }
        if (count > 0) {
            for (int i = 0; i < count; ++i) put(index_in(value, i));
        } else if (value == 0) {
            x = 0;
            ++y;
        } else if (value == 1) {
            return {};
        } else if (value == 2) {
            x += reader.u8();
            y += reader.u8();
        } else {
            std::uint8_t byte = 0;
            for (int i = 0; i < value; ++i) {
                if (bmp.bits == 8 || i % 2 == 0) byte = reader.u8();
                put(index_in(byte, i));
            }
            const int length = bmp.bits == 8 ? value : (value + 1) / 2;
            reader.skip(length % 2);
        }
    }
    return {};
}

}  // namespace

bool looks_like_bmp(std::span<const std::byte> bytes) {
    constexpr std::array<std::uint32_t, 7> lengths{os2_header_length, 40, 52, 56, 64, 108, 124};
    ByteReader reader(bytes);
    if (has_file_header(bytes)) reader.skip(file_header_length);
    const std::uint32_t length = reader.u32_le();
    if (std::ranges::find(lengths, length) == lengths.end()) return false;
    if (has_file_header(bytes)) return true;
    // A DIB has no signature, so its planes, always one, and its depth must fit, too.
    reader.skip(length == os2_header_length ? 4 : 8);
    const int planes = reader.u16_le();
    return planes == 1 && known_depth(reader.u16_le()) && !reader.overran();
}

Expected<DecodedImage> decode_bmp(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const Expected<Bmp> bmp = read_headers(bytes);
    if (!bmp) return tl::unexpected(bmp.error());
    if (auto error = size_error(bmp->width, bmp->height, limits)) return tl::unexpected(std::move(*error));
    const bool in_runs = bmp->compression == runs8 || bmp->compression == runs4;
    Image image = blank_image(bmp->width, bmp->height);
    DecodedImage decoded{std::move(image), 1};
    if (!in_runs) {
        decoded.damage = decode_rows(*bmp, decoded.image);
        return judged(std::move(decoded), limits.damage);
    }
    const Expected<void> done = decode_runs(*bmp, decoded.image);
    if (!done) return tl::unexpected(done.error());
    return decoded;
}

}  // namespace imnet
