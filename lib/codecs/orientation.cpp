// EXIF is a TIFF file without pixels: a header (byte order, 42, offset of the first directory); the
// directory is a count and that many entries of 12 bytes (tag, type, count, value or its offset).
// Only the orientation in the first directory is read. Damaged EXIF is no reason to refuse a picture: it
// counts as upright.
#include "codecs/orientation.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/byte_reader.h"
#include "base/bytes.h"

namespace imnet {
namespace {

constexpr std::uint16_t orientation_tag = 0x0112;
enum class TiffType : std::uint16_t { byte = 1, unsigned_short = 3, unsigned_long = 4 };

constexpr Turn turns[9] = {
    {false, false, false},                                             // not used
    {false, false, false}, {false, true, false}, {false, true, true},  // 1 to 3
    {false, false, true},  {true, false, false}, {true, false, true},  // 4 to 6
    {true, true, true},    {true, true, false},                        // 7 and 8
};

}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
    const std::string_view byte_order = as_text(exif.first(std::min<std::size_t>(exif.size(), 4)));
    const bool little = byte_order == std::string_view("II*\0", 4);
    if (!little && byte_order != std::string_view("MM\0*", 4)) return 1;
    ByteReader reader(exif);
    const auto u16 = [&] { return little ? reader.u16_le() : reader.u16_be(); };
    const auto u32 = [&] { return little ? reader.u32_le() : reader.u32_be(); };

    reader.skip(4);
    const std::uint32_t directory = u32();
    if (directory < 8) return 1;
    reader.skip(directory - 8);
    const int entries = u16();
    for (int i = 0; i < entries && !reader.overran(); ++i) {
        if (u16() != orientation_tag) {
            reader.skip(10);
            continue;
        }
        const auto type = static_cast<TiffType>(u16());
        const std::uint32_t count = u32();
        std::uint32_t value = 0;
        if (type == TiffType::unsigned_short) {
            value = u16();
        } else if (type == TiffType::unsigned_long) {
            value = u32();
        } else if (type == TiffType::byte) {
            value = reader.u8();
        }
        return !reader.overran() && count >= 1 && value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    }
    return 1;
}

Turn turn_of(int orientation) { return orientation < 1 || orientation > 8 ? Turn{} : turns[orientation]; }

Image orient(Image image, int orientation) {
    if (orientation < 2 || orientation > 8) return image;
    const Turn turn = turn_of(orientation);
    Image upright{turn.swap_axes ? image.height : image.width, turn.swap_axes ? image.width : image.height,
                  std::vector<std::uint8_t>(image.rgb.size())};
    // With swapped axes, square tiles keep both the rows read and the rows written in the cache.
    constexpr int tile = 32;
    for (int top = 0; top < upright.height; top += tile) {
        const int bottom = std::min(top + tile, upright.height);
        for (int left = 0; left < upright.width; left += tile) {
            const int right = std::min(left + tile, upright.width);
            for (int y = top; y < bottom; ++y) {
                std::uint8_t* out = upright.row(y) + static_cast<std::size_t>(left) * 3;
                for (int x = left; x < right; ++x, out += 3) {
                    int from_x = turn.swap_axes ? y : x;
                    int from_y = turn.swap_axes ? x : y;
                    if (turn.flip_x) from_x = image.width - 1 - from_x;
                    if (turn.flip_y) from_y = image.height - 1 - from_y;
                    std::copy_n(image.row(from_y) + static_cast<std::size_t>(from_x) * 3, 3, out);
                }
            }
        }
    }
    return upright;
}

}  // namespace imnet
