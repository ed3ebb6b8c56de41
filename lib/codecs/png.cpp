// A PNG file is a signature of eight bytes and a sequence of chunks: length, four letters, data, CRC-32 of
// letters and data. stb_image inflates and unfilters; but it checks no CRC, reads a palette past its end,
// and refuses chunks that Pillow ignores. So the chunks are read here, and stb_image gets a file with only
// the four kinds of chunks that pixels need, and with a palette of 256 colours.
//
// As in Pillow, transparency (alpha, tRNS) is dropped; 16-bit colours keep their high byte, and 16-bit
// greys are clipped to 255, as `convert("RGB")` does. The PNG files of iPhone programs, which Xcode writes
// (CgBI) and Pillow does not read, become what they were made from, as far as their premultiplied colours
// tell. What a damaged file still has is inflated
// row by row (png_rows.h). Less strict than Pillow: the Adler-32 of the pixels is not read where their CRC is
// right, and a wrong CRC of a chunk without pixels does not matter.
#include "codecs/png.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "codecs/damage.h"
#include "codecs/picture_size.h"
#include "codecs/png_metadata.h"
#include "codecs/png_rows.h"
#include "codecs/stb.h"

namespace imnet {
namespace {

using namespace std::literals;

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n"sv;
constexpr std::size_t header_length = 13;
constexpr std::size_t palette_length = std::size_t{256} * 3;

enum ColorType : std::uint8_t { grey = 0, rgb = 2, palette = 3, grey_alpha = 4, rgb_alpha = 6 };

struct Png {
    bool from_xcode = false;  // CgBI: raw deflate data, blue first, premultiplied by alpha
    std::span<const std::byte> header;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint8_t depth = 0;
    std::uint8_t color_type = 0;
    std::span<const std::byte> palette;
    std::vector<std::span<const std::byte>> data;  // the IDAT chunks
    PngMetadata metadata;
    bool ended = false;
    std::string damage;  // the first, as an error says it
};

tl::unexpected<InputError> damaged(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("damaged PNG: {}", what));
}

bool depth_fits(std::uint8_t depth, std::uint8_t color_type) {
    const bool below_byte = depth == 1 || depth == 2 || depth == 4;
    switch (color_type) {
        case grey: return below_byte || depth == 8 || depth == 16;
        case palette: return below_byte || depth == 8;
        case rgb:
        case grey_alpha:
        case rgb_alpha: return depth == 8 || depth == 16;
        default: return false;
    }
}

Expected<void> read_header(std::span<const std::byte> data, Png& png) {
    if (data.size() != header_length) return damaged("its header has the wrong length");
    ByteReader reader(data);
    png.header = data;
    png.width = reader.u32_be();
    png.height = reader.u32_be();
    png.depth = reader.u8();
    png.color_type = reader.u8();
    const bool known_methods = reader.u8() == 0 && reader.u8() == 0 && reader.u8() <= 1;
    if (!depth_fits(png.depth, png.color_type) || !known_methods) {
        return damaged("its header states what PNG does not have");
    }
    return {};
}

Expected<void> take_chunk(std::string_view type, std::span<const std::byte> data, Png& png) {
    if (type == "CgBI" && png.header.empty()) {
        png.from_xcode = true;
        return {};
    }
    if (png.header.empty() != (type == "IHDR")) return damaged("its header is not the first chunk");
    if (type == "IHDR") return read_header(data, png);
    if (type == "IDAT") png.data.push_back(data);
    if (type == "IEND") png.ended = true;
    png.metadata.take(type, data);
    if (type == "PLTE") {
        if (data.size() > palette_length) return damaged("its palette has more than 256 colours");
        png.palette = data.first(data.size() / 3 * 3);
    }
    return {};
}

/// Whether this is a registered chunk on which the pixels do not depend. Any other type with a wrong checksum
/// may be a damaged IDAT.
bool is_ancillary(std::string_view type) {
    constexpr std::array<std::string_view, 29> types{
        "acTL", "bKGD", "cHRM", "cICP", "cLLI", "caNv", "eXIf", "fcTL", "fdAT", "gAMA",
        "gIFg", "gIFx", "hIST", "iCCP", "iDOT", "iTXt", "mDCV", "oFFs", "orNT", "pCAL",
        "pHYs", "sBIT", "sCAL", "sPLT", "sRGB", "sTER", "tEXt", "tIME", "zTXt"};
    return std::ranges::find(types, type) != types.end();
}

/// Notes the first damage.
void note(Png& png, std::string what) {
    if (png.damage.empty()) png.damage = std::move(what);
}

std::string checksum_failure(std::string_view type) {
    // The type itself may be damaged, so it is shown only if it consists of letters.
    const bool letters =
        std::ranges::all_of(type, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
    return fmt::format("damaged PNG: chunk {} fails its checksum", letters ? type : "of unknown type");
}

/// Takes what there is of the last chunk of a file that was cut.
void take_rest(ByteReader& reader, std::size_t length, Png& png) {
    const std::string_view type = as_text(reader.take(std::min<std::size_t>(reader.remaining(), 4)));
    const auto data = reader.take(std::min(reader.remaining(), length));
    if (type == "IDAT" && !data.empty() && !png.header.empty()) png.data.push_back(data);
    note(png, "truncated PNG: its last chunk is cut off or missing");
    png.ended = true;
}

/// Reads the chunks to the end, or to where damage leaves only pixels to be read.
Expected<Png> read_chunks(std::span<const std::byte> bytes) {
    Png png;
    ByteReader reader(bytes);
    reader.skip(signature.size());
    while (!png.ended) {
        const std::size_t length = reader.remaining() < 4 ? 0 : reader.u32_be();
        if (reader.remaining() < length + 8) {
            take_rest(reader, length, png);
            break;
        }
        const auto checked = reader.take(length + 4);
        const std::uint32_t crc = reader.u32_be();
        const std::string_view type = as_text(checked.first(4));
        if (crc32(checked) != crc) {
            if (is_ancillary(type)) continue;
            if (png.data.empty() && type != "IDAT")
                return tl::unexpected(InputError{InputErrorKind::decode, checksum_failure(type)});
            note(png, checksum_failure(type));
            // The length may be what is wrong.
            if (type != "IDAT") break;
        }
        if (auto taken = take_chunk(type, checked.subspan(4), png); !taken) {
            return tl::unexpected(std::move(taken.error()));
        }
    }
    if (png.header.empty()) return input_error(InputErrorKind::decode, png.damage);
    if (png.data.empty() && !png.damage.empty()) return input_error(InputErrorKind::decode, png.damage);
    if (png.data.empty()) return damaged("it holds no pixels");
    if (png.color_type == palette && png.palette.empty()) return damaged("its palette is missing");
    return png;
}

void append_u32(std::vector<std::byte>& out, std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift));
}

void append_chunk(std::vector<std::byte>& out, std::string_view type,
                  const std::vector<std::span<const std::byte>>& parts) {
    std::size_t length = 0;
    for (const auto part : parts) length += part.size();
    append_u32(out, length);
    for (const char letter : type) out.push_back(static_cast<std::byte>(letter));
    for (const auto part : parts) out.insert(out.end(), part.begin(), part.end());
    append_u32(out, 0);  // stb_image does not check it
}

/// The file for stb_image.
std::vector<std::byte> essential_file(const Png& png) {
    // Pillow shows an index without a colour as the grey of that number.
    std::array<std::byte, palette_length> colors;
    for (std::size_t i = 0; i < colors.size(); ++i) colors[i] = static_cast<std::byte>(i / 3);
    std::ranges::copy(png.palette, colors.begin());

    std::vector<std::byte> out;
    std::size_t data_size = 0;
    for (const auto part : png.data) data_size += part.size();
    out.reserve(data_size + palette_length + 128);
    for (const char c : signature) out.push_back(static_cast<std::byte>(c));
    if (png.from_xcode) append_chunk(out, "CgBI", {});
    append_chunk(out, "IHDR", {png.header});
    if (png.color_type == palette) append_chunk(out, "PLTE", {colors});
    auto data = png.data;
    // stb_image looks ahead of the data's end, where zlib has a checksum.
    constexpr std::array<std::byte, 4> padding{};
    if (png.from_xcode) data.emplace_back(padding);
    append_chunk(out, "IDAT", data);
    append_chunk(out, "IEND", {});
    return out;
}

Expected<Image> decode_pixels(const Png& png, const DecodeLimits& limits) {
    const std::vector<std::byte> file = essential_file(png);
    if (png.color_type != grey || png.depth != 16) return decode_with_stb(file, "PNG", limits);
    const auto samples = decode_grey16_with_stb(file, "PNG", limits);
    if (!samples) return tl::unexpected(samples.error());
    Image image = blank_image(png.width, png.height);
    auto out = image.rgb.begin();
    for (const std::uint16_t sample : *samples) {
        out = std::fill_n(out, 3, static_cast<std::uint8_t>(std::min<std::uint16_t>(sample, 255)));
    }
    return image;
}

PngShape shape_of(const Png& png) {
    constexpr std::array<int, 7> channels{1, 0, 3, 1, 2, 0, 4};  // of the colour types
    return {png.width, png.height, channels[png.color_type] * png.depth, png.header.back() != std::byte{0}};
}

/// As many rows as the data has; the others are black. stb_image gets the rows that are left in a whole file.
Expected<DecodedImage> decode_damaged(Png png, const DecodeLimits& limits) {
    const PngRows rows = inflate_rows(png.data, shape_of(png), png.from_xcode);
    const bool complete = rows.read == rows.all;
    Damage damage{png.damage, complete};
    if (!complete) damage.message += fmt::format(" ({} of {} rows can be read)", rows.read, rows.all);
    const std::vector<std::byte> whole = stored_in_zlib(rows.data);
    png.data = {std::span(whole).subspan(png.from_xcode ? 2 : 0)};
    Expected<Image> image = decode_pixels(png, limits);
    if (!image) return tl::unexpected(std::move(image.error()));
    DecodedImage decoded{std::move(*image), png.metadata.orientation()};
    if (!damage.message.empty()) decoded.damage = std::move(damage);
    return judged(std::move(decoded), limits.damage);
}

}  // namespace

Expected<DecodedImage> decode_png(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    Expected<Png> png = read_chunks(bytes);
    if (!png) return tl::unexpected(png.error());
    if (auto error = size_error(png->width, png->height, limits)) return tl::unexpected(std::move(*error));
    if (!png->damage.empty()) return decode_damaged(std::move(*png), limits);
    Expected<Image> image = decode_pixels(*png, limits);
    if (image) return DecodedImage{std::move(*image), png->metadata.orientation()};
    if (image.error().kind != InputErrorKind::decode) return tl::unexpected(std::move(image.error()));
    png->damage = std::move(image.error().message);
    return decode_damaged(std::move(*png), limits);
}

}  // namespace imnet
