// EXIF is a TIFF file without pixels: a header (byte order, 42, offset of the first directory); the directory
// is a count and that many entries of 12 bytes (tag, type, count, value or its offset). The first directory
// is read as Pillow's TiffImagePlugin reads it: the first entry of a tag counts, an unknown type is passed
// over, and a value that is cut off ends the directory.
#include "codecs/stated_orientation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/bytes.h"

namespace imnet {
namespace {

using namespace std::literals;

constexpr std::uint16_t orientation_tag = 0x0112;

/// TIFF 6.0, section 2; `ifd` and `unsigned_long8` by later supplements.
enum class TiffType : std::uint16_t {
    byte = 1,
    ascii = 2,
    unsigned_short = 3,
    unsigned_long = 4,
    rational = 5,
    signed_byte = 6,
    undefined = 7,
    signed_short = 8,
    signed_long = 9,
    signed_rational = 10,
    float32 = 11,
    float64 = 12,
    ifd = 13,
    unsigned_long8 = 16
};

/// Bytes of one value; 0 for a type that does not exist.
std::size_t size_of(TiffType type) {
    constexpr std::array<std::uint8_t, 17> sizes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8};
    const auto index = static_cast<std::size_t>(type);
    return index < sizes.size() ? sizes[index] : 0;
}

/// A TIFF block whose byte order is known.
class TiffBlock {
public:
    TiffBlock(std::span<const std::byte> bytes, bool little_endian)
        : bytes_(bytes), little_endian_(little_endian) {}

    std::size_t size() const { return bytes_.size(); }

    /// `count` bytes at `offset`; nothing where the block ends before them.
    std::optional<std::span<const std::byte>> at(std::uint64_t offset, std::uint64_t count) const {
        if (offset > bytes_.size() || count > bytes_.size() - offset) return {};
        return bytes_.subspan(offset, count);
    }

    /// All of `bytes` as one number.
    std::uint64_t number(std::span<const std::byte> bytes) const {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            value =
                value << 8 | std::to_integer<std::uint8_t>(bytes[little_endian_ ? bytes.size() - 1 - i : i]);
        }
        return value;
    }

private:
    std::span<const std::byte> bytes_;
    bool little_endian_;
};

std::optional<TiffBlock> open_block(std::span<const std::byte> exif) {
    if (exif.size() < 8) return {};
    const std::string_view magic = as_text(exif.first(4));
    // Some writers mix up the order of the bytes in 42.
    if (magic == "II*\0"sv || magic == "II\0*"sv) return TiffBlock(exif, true);
    if (magic == "MM\0*"sv || magic == "MM*\0"sv) return TiffBlock(exif, false);
    return {};
}

/// The first value, as a number that compares as Python's numbers do; NaN where Pillow has bytes or text.
double first_value(const TiffBlock& block, TiffType type, std::span<const std::byte> data) {
    const auto bits = [&](std::size_t from, std::size_t count) {
        return block.number(data.subspan(from, count));
    };
    const auto signed_long = [&](std::size_t from) {
        return static_cast<double>(static_cast<std::int32_t>(static_cast<std::uint32_t>(bits(from, 4))));
    };
    switch (type) {
        case TiffType::unsigned_short:
        case TiffType::unsigned_long:
        case TiffType::ifd:
        case TiffType::unsigned_long8: return static_cast<double>(bits(0, size_of(type)));
        case TiffType::signed_byte: return static_cast<std::int8_t>(bits(0, 1));
        case TiffType::signed_short: return static_cast<std::int16_t>(bits(0, 2));
        case TiffType::signed_long: return signed_long(0);
        case TiffType::rational: return static_cast<double>(bits(0, 4)) / static_cast<double>(bits(4, 4));
        case TiffType::signed_rational: return signed_long(0) / signed_long(4);
        case TiffType::float32: return std::bit_cast<float>(static_cast<std::uint32_t>(bits(0, 4)));
        case TiffType::float64: return std::bit_cast<double>(bits(0, 8));
        default: return std::numeric_limits<double>::quiet_NaN();
    }
}

int valid_orientation(double value) {
    for (int orientation = 2; orientation <= 8; ++orientation) {
        if (value == orientation) return orientation;
    }
    return 1;
}

}  // namespace

std::optional<int> exif_orientation(std::span<const std::byte> exif) {
    constexpr std::string_view name = "Exif\0\0"sv;
    for (int times = 0; times < 2 && as_text(exif).starts_with(name); ++times)
        exif = exif.subspan(name.size());
    const auto block = open_block(exif);
    if (!block) return {};
    const std::uint64_t directory = block->number(exif.subspan(4, 4));
    const auto count = block->at(directory, 2);
    if (!count) return {};
    std::vector<bool> seen(std::numeric_limits<std::uint16_t>::max() + std::size_t{1});
    std::uint64_t outside = 0;  // bytes of values that stand outside the entries
    for (std::uint64_t i = 0; i < block->number(*count); ++i) {
        const auto entry = block->at(directory + 2 + 12 * i, 12);
        if (!entry) return {};
        const auto tag = static_cast<std::uint16_t>(block->number(entry->first(2)));
        const auto type = static_cast<TiffType>(block->number(entry->subspan(2, 2)));
        const std::uint64_t size = block->number(entry->subspan(4, 4)) * size_of(type);
        if (size == 0 || seen[tag]) continue;
        auto data = entry->subspan(8, std::min<std::uint64_t>(size, 4));
        if (size > 4) {
            outside += size;
            if (outside > block->size()) continue;
            const auto far = block->at(block->number(data), size);
            if (!far) return {};
            data = *far;
        }
        seen[tag] = true;
        if (tag == orientation_tag) return valid_orientation(first_value(*block, type, data));
    }
    return {};
}

std::optional<int> xmp_orientation(std::string_view xmp) {
    constexpr std::string_view name = "tiff:Orientation"sv;
    for (auto at = xmp.find(name); at != std::string_view::npos; at = xmp.find(name, at + 1)) {
        std::string_view rest = xmp.substr(at + name.size());
        if (rest.starts_with("=\"")) {
            rest.remove_prefix(2);
        } else if (rest.starts_with(">")) {
            rest.remove_prefix(1);
        } else {
            continue;
        }
        if (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') return valid_orientation(rest[0] - '0');
    }
    return {};
}

int stated_orientation(std::span<const std::byte> exif, std::string_view xmp) {
    if (const auto orientation = exif_orientation(exif)) return *orientation;
    return xmp_orientation(xmp).value_or(1);
}

}  // namespace imnet
