// A JPEG 2000 codestream (ISO/IEC 15444-1, annex A) is a main header and tile-parts. Each is a list of
// markers with a length, and a tile-part ends in packets of compressed data:
//   SIZ   the size of picture and tiles, the components
//   COD   how all components are coded: layers, resolutions, precincts; COC: the same for one component
//   SOT   the start of a tile-part, with its length; SOD: the start of its data
// A JP2 file is a list of boxes (length, four letters, content); the box `jp2c` holds the codestream.
//
// openjpeg allocates for each tile, precinct and packet that the headers state. Real files state few: every
// packet takes a byte at least. So headers that state more than that are refused here.
#include "codecs/jpeg2000/codestream.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

enum Marker : std::uint16_t {
    soc = 0xFF4F,
    siz = 0xFF51,
    cod = 0xFF52,
    coc = 0xFF53,
    sot = 0xFF90,
    sod = 0xFF93
};

tl::unexpected<InputError> damaged(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("damaged JPEG 2000: {}", what));
}

struct Size {
    std::uint64_t width = 0;
    std::uint64_t height = 0;
    std::uint64_t tiles = 0;
    std::uint64_t components = 0;
};

std::uint64_t divided_up(std::uint64_t value, std::uint64_t by) { return (value + by - 1) / by; }

/// The content of the first box of this name.
std::span<const std::byte> find_box(std::span<const std::byte> bytes, std::string_view name) {
    ByteReader reader(bytes);
    while (reader.remaining() >= 8) {
        std::uint64_t length = reader.u32_be();
        const std::string_view type = as_text(reader.take(4));
        std::uint64_t header = 8;
        if (length == 1) {
            const std::uint64_t high = reader.u32_be();
            length = high << 32 | reader.u32_be();
            header = 16;
        }
        const std::uint64_t content = length == 0 ? reader.remaining() : length - std::min(length, header);
        if (length != 0 && length < header) return {};
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(content, reader.remaining()));
        const auto found = reader.take(size);
        if (type == name) return found;
    }
    return {};
}

Expected<Size> read_size(std::span<const std::byte> segment) {
    ByteReader reader(segment);
    reader.skip(2);
    const std::uint64_t right = reader.u32_be(), bottom = reader.u32_be();
    const std::uint64_t left = reader.u32_be(), top = reader.u32_be();
    const std::uint64_t tile_width = reader.u32_be(), tile_height = reader.u32_be();
    const std::uint64_t tiles_left = reader.u32_be(), tiles_top = reader.u32_be();
    const std::uint64_t components = reader.u16_be();
    if (reader.overran() || right < left || bottom < top || tile_width == 0 || tile_height == 0 ||
        tiles_left > left || tiles_top > top) {
        return damaged("its header states no valid size");
    }
    return Size{right - left, bottom - top,
                divided_up(right - tiles_left, tile_width) * divided_up(bottom - tiles_top, tile_height),
                components};
}

/// What a COD segment, or a COC segment after its component, says.
struct Coding {
    std::uint64_t layers = 1;
    bool own_precincts = false;
};

/// Adds up what the headers make openjpeg allocate.
class Budget {
public:
    Budget(const Size& size, std::size_t bytes) : size_(size), bytes_(bytes) {}

    Expected<void> check_size() const {
        if (size_.components < 1 || size_.components > 4) {
            return input_error(
                InputErrorKind::format,
                fmt::format("this JPEG 2000 picture has {} components, which is not supported: convert "
                            "it to PNG or JPEG",
                            size_.components));
        }
        if (size_.tiles > 1024 + size_.width * size_.height / 1024) {
            return input_error(InputErrorKind::limits,
                               fmt::format("a picture of {}×{} in {} tiles is not decoded", size_.width,
                                           size_.height, size_.tiles));
        }
        return {};
    }

    Expected<void> check_cod(std::span<const std::byte> segment) {
        ByteReader reader(segment);
        const bool own_precincts = (reader.u8() & 1) != 0;
        reader.skip(1);
        layers_ = std::max<std::uint64_t>(layers_, reader.u16_be());
        reader.skip(1);
        return check_coding(reader, own_precincts);
    }

    Expected<void> check_coc(std::span<const std::byte> segment) {
        ByteReader reader(segment);
        reader.skip(1);
        const bool own_precincts = (reader.u8() & 1) != 0;
        return check_coding(reader, own_precincts);
    }

private:
    Expected<void> check_coding(ByteReader& reader, bool own_precincts) const {
        const int levels = reader.u8();
        reader.skip(4);
        if (reader.overran() || levels > 32) return damaged("its coding style cannot be read");
        std::uint64_t precincts = 0;
        for (int level = levels; level >= 0; --level) {
            const int exponents = own_precincts ? reader.u8() : 0xFF;
            const std::uint64_t width = divided_up(size_.width, std::uint64_t{1} << level);
            const std::uint64_t height = divided_up(size_.height, std::uint64_t{1} << level);
            precincts += divided_up(width, std::uint64_t{1} << (exponents & 15)) *
                         divided_up(height, std::uint64_t{1} << (exponents >> 4));
        }
        const std::uint64_t in_tiles = precincts + size_.tiles * static_cast<std::uint64_t>(levels + 1);
        constexpr std::uint64_t few = 1 << 16;
        if (in_tiles * layers_ * size_.components > few + 4 * bytes_) {
            return input_error(InputErrorKind::limits,
                               "damaged JPEG 2000: its header states more packets than it has bytes");
        }
        return {};
    }

    Size size_;
    std::uint64_t bytes_;
    std::uint64_t layers_ = 1;
};

/// Reads markers up to one that ends this header; returns that.
Expected<std::uint16_t> read_markers(ByteReader& reader, Budget& budget) {
    while (true) {
        const std::uint16_t marker = reader.u16_be();
        if (marker == sot || marker == sod) return marker;
        const std::size_t length = reader.u16_be();
        if (length < 2 || marker < 0xFF00) return damaged("its header cannot be read");
        const auto segment = reader.take(length - 2);
        if (reader.overran())
            return input_error(InputErrorKind::decode, "truncated JPEG 2000: its header is cut off");
        Expected<void> checked;
        if (marker == cod) checked = budget.check_cod(segment);
        if (marker == coc) checked = budget.check_coc(segment);
        if (!checked) return tl::unexpected(std::move(checked.error()));
    }
}

/// The headers of all tile-parts, which may state another coding. What cannot be read is left to openjpeg.
Expected<void> check_tile_parts(std::span<const std::byte> codestream, std::size_t start, Budget& budget) {
    while (start + 12 <= codestream.size()) {
        ByteReader reader(codestream.subspan(start));
        if (reader.u16_be() != sot) return {};
        reader.skip(4);
        const std::size_t length = reader.u32_be();
        reader.skip(2);
        const auto marker = read_markers(reader, budget);
        if (!marker) {
            if (marker.error().kind == InputErrorKind::limits) return tl::unexpected(marker.error());
            return {};
        }
        if (length < 14) return {};
        start += length;
    }
    return {};
}

}  // namespace

Expected<Jpeg2000Header> read_jpeg2000_header(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const bool in_boxes = ByteReader(bytes).u16_be() != soc;
    const auto codestream = in_boxes ? find_box(bytes, "jp2c") : bytes;
    ByteReader reader(codestream);
    const bool starts = reader.u16_be() == soc && reader.u16_be() == siz;
    const std::size_t length = reader.u16_be();
    const auto segment = reader.take(length < 2 ? 0 : length - 2);
    if (codestream.empty() || reader.overran() || !starts) return damaged("its header is missing or cut off");
    const auto size = read_size(segment);
    if (!size) return tl::unexpected(size.error());
    if (auto error = size_error(size->width, size->height, limits)) return tl::unexpected(std::move(*error));
    Budget budget(*size, codestream.size());
    if (auto checked = budget.check_size(); !checked) return tl::unexpected(checked.error());
    const auto marker = read_markers(reader, budget);
    if (!marker) return tl::unexpected(marker.error());
    if (*marker == sot) {
        if (auto checked = check_tile_parts(codestream, reader.position() - 2, budget); !checked) {
            return tl::unexpected(checked.error());
        }
    }
    return Jpeg2000Header{in_boxes};
}

}  // namespace imnet
