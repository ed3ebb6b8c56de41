// A GIF file is a signature, a screen (size, an optional palette), and blocks: extensions ('!'), of which
// the graphic control holds the transparent index, and images (','): place, size, an optional palette, and
// LZW codes in sub-blocks of up to 255 bytes. Nothing after the first image is read. Refused: an image with
// fewer pixels than its header states.
//
// stb_image is not used for GIF: unlike Pillow it leaves transparent pixels unset and uses another colour
// around the frame; it accepts truncated files; and its GIF reader has known holes.
#include "codecs/gif.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "codecs/damage.h"
#include "codecs/palette.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

constexpr int signature_length = 6;
constexpr std::uint8_t palette_follows = 0x80;
constexpr std::uint8_t interlaced = 0x40;
constexpr std::uint8_t graphic_control = 0xF9;

tl::unexpected<InputError> truncated(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("truncated GIF: {}", what));
}

tl::unexpected<InputError> damaged(std::string_view what) {
    return input_error(InputErrorKind::decode, fmt::format("damaged GIF: {}", what));
}

Palette read_palette(ByteReader& reader, std::uint8_t flags) {
    Palette palette;
    const int colors = 2 << (flags & 7);
    for (int i = 0; i < colors; ++i) {
        for (std::uint8_t& channel : palette[static_cast<std::uint8_t>(i)]) channel = reader.u8();
    }
    return palette;
}

struct SubBlocks {
    std::vector<std::byte> data;
    std::size_t whole = 0;  // bytes of the blocks that are not cut
};

/// The bytes of all sub-blocks up to the empty one, which is the last.
SubBlocks read_sub_blocks(ByteReader& reader) {
    SubBlocks blocks;
    while (const std::uint8_t length = reader.u8()) {
        const auto block = reader.take(std::min<std::size_t>(length, reader.remaining()));
        blocks.data.insert(blocks.data.end(), block.begin(), block.end());
        if (block.size() == length) blocks.whole = blocks.data.size();
    }
    return blocks;
}

/// Codes of 3 to 12 bits that stand for strings of indices (GIF89a, appendix F).
class LzwReader {
public:
    LzwReader(std::span<const std::byte> data, int literal_bits)
        : data_(data), literal_bits_(literal_bits), clear_code_(1 << literal_bits) {
        for (int i = 0; i < clear_code_; ++i) entries_[i] = {0, static_cast<std::uint8_t>(i), 1};
        clear();
    }

    /// Fills `out` from the front. Returns how many bytes of it the data fills.
    std::size_t read(std::span<std::uint8_t> out) {
        std::size_t filled = 0;
        while (filled < out.size()) {
            const std::optional<int> code = next_code();
            if (!code || *code == clear_code_ + 1 || *code > next_entry_) break;
            if (*code == clear_code_) {
                clear();
                continue;
            }
            if (previous_ == none && *code > clear_code_) break;  // the table is still empty
            filled += put(*code, out.subspan(filled));
        }
        return filled;
    }

private:
    static constexpr int most_entries = 1 << 12;
    static constexpr int none = -1;

    struct Entry {
        std::uint16_t prefix;
        std::uint8_t last;
        std::uint16_t length;
    };

    void clear() {
        code_bits_ = literal_bits_ + 1;
        next_entry_ = clear_code_ + 2;
        previous_ = none;
    }

    std::optional<int> next_code() {
        while (bit_count_ < code_bits_) {
            if (data_.empty()) return std::nullopt;
            bits_ |= std::to_integer<std::uint32_t>(data_.front()) << bit_count_;
            data_ = data_.subspan(1);
            bit_count_ += 8;
        }
        const int code = static_cast<int>(bits_ & ((1U << code_bits_) - 1));
        bits_ >>= code_bits_;
        bit_count_ -= code_bits_;
        return code;
    }

    /// Writes the string of the code, as much of it as fits, and adds the string that it completes to the
    /// table.
    std::size_t put(int code, std::span<std::uint8_t> out) {
        const bool unfinished = code == next_entry_;  // the string that starts and ends with one index
        const int known = unfinished ? previous_ : code;
        const std::uint8_t first = first_of(known);
        const std::size_t length = std::size_t{entries_[known].length} + (unfinished ? 1 : 0);
        if (unfinished && length <= out.size()) out[length - 1] = first;
        for (int at = known, left = entries_[known].length; left > 0; at = entries_[at].prefix) {
            --left;
            if (static_cast<std::size_t>(left) < out.size()) out[left] = entries_[at].last;
        }
        if (previous_ != none && next_entry_ < most_entries) {
            const auto entry_length = static_cast<std::uint16_t>(entries_[previous_].length + 1);
            entries_[next_entry_++] = {static_cast<std::uint16_t>(previous_), first, entry_length};
            if (next_entry_ == 1 << code_bits_ && code_bits_ < 12) ++code_bits_;
        }
        previous_ = code;
        return std::min(length, out.size());
    }

    std::uint8_t first_of(int code) const {
        while (code >= clear_code_) code = entries_[code].prefix;
        return entries_[code].last;
    }

    std::span<const std::byte> data_;
    int literal_bits_;
    int clear_code_;
    std::uint32_t bits_ = 0;
    int bit_count_ = 0;
    int code_bits_ = 0;
    int next_entry_ = 0;
    int previous_ = none;
    std::array<Entry, most_entries> entries_{};
};

/// The order in which the rows of an image are stored.
std::vector<int> row_order(int height, bool in_four_passes) {
    std::vector<int> order;
    order.reserve(height);
    if (!in_four_passes) {
        for (int y = 0; y < height; ++y) order.push_back(y);
        return order;
    }
    constexpr struct { int first, step; } passes[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
    for (const auto [first, step] : passes) {
        for (int y = first; y < height; y += step) order.push_back(y);
    }
    return order;
}

struct Screen {
    int width = 0;
    int height = 0;
    Palette palette;
    std::optional<std::uint8_t> transparent;
};

/// Reads up to the first image. Returns false if there is none.
bool find_image(ByteReader& reader, Screen& screen) {
    while (reader.remaining() > 0) {
        const std::uint8_t introducer = reader.u8();
        if (introducer == ',') return true;
        if (introducer == ';') return false;
        if (introducer != '!') continue;
        const std::uint8_t label = reader.u8();
        const std::vector<std::byte> data = read_sub_blocks(reader).data;
        if (label == graphic_control && data.size() >= 4 && (data[0] & std::byte{1}) != std::byte{0}) {
            screen.transparent = std::to_integer<std::uint8_t>(data[3]);
        }
    }
    return false;
}

struct Frame {
    int left, top, width, height;
    std::uint8_t flags;
};

Frame read_frame_header(ByteReader& reader) {
    const int left = reader.u16_le();
    const int top = reader.u16_le();
    const int width = reader.u16_le();
    const int height = reader.u16_le();
    return {left, top, width, height, reader.u8()};
}

struct Indices {
    std::vector<std::uint8_t> values;
    std::size_t filled = 0;
};

Expected<Indices> read_indices(ByteReader& reader, const Frame& frame) {
    const int literal_bits = reader.u8();
    if (literal_bits < 1 || literal_bits > 11) return damaged("its codes have an impossible length");
    const SubBlocks blocks = read_sub_blocks(reader);
    std::vector<std::uint8_t> indices(static_cast<std::size_t>(frame.width) * frame.height);
    std::size_t filled = LzwReader(blocks.data, literal_bits).read(indices);
    // A block that is cut may hold the last pixels. If it does not, it is left out, as by Pillow.
    if (filled < indices.size() && blocks.whole < blocks.data.size()) {
        filled = LzwReader(std::span(blocks.data).first(blocks.whole), literal_bits).read(indices);
    }
    return Indices{std::move(indices), filled};
}

}  // namespace

Expected<DecodedImage> decode_gif(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    ByteReader reader(bytes);
    Screen screen;
    reader.skip(signature_length);
    screen.width = reader.u16_le();
    screen.height = reader.u16_le();
    const std::uint8_t screen_flags = reader.u8();
    reader.skip(2);  // background colour, which viewers ignore, and pixel aspect ratio
    if ((screen_flags & palette_follows) != 0) screen.palette = read_palette(reader, screen_flags);
    if (!find_image(reader, screen)) return truncated("it ends before its first image");

    const Frame frame = read_frame_header(reader);
    if ((frame.flags & palette_follows) != 0) screen.palette = read_palette(reader, frame.flags);
    if (reader.overran()) return truncated("it ends in the header of its first image");
    screen.width = std::max(screen.width, frame.left + frame.width);
    screen.height = std::max(screen.height, frame.top + frame.height);
    if (auto error = size_error(frame.width, frame.height, limits)) return tl::unexpected(std::move(*error));
    if (auto error = size_error(screen.width, screen.height, limits))
        return tl::unexpected(std::move(*error));

    const auto indices = read_indices(reader, frame);
    if (!indices) return tl::unexpected(indices.error());
    Image image = blank_image(screen.width, screen.height);
    const Palette::Color& outside = screen.palette[screen.transparent.value_or(0)];
    for (auto out = image.rgb.begin(); out != image.rgb.end();) out = std::ranges::copy(outside, out).out;
    auto index = indices->values.begin();
    const auto end = index + static_cast<std::ptrdiff_t>(indices->filled);
    for (const int y : row_order(frame.height, (frame.flags & interlaced) != 0)) {
        std::uint8_t* out = image.row(frame.top + y) + static_cast<std::size_t>(frame.left) * 3;
        for (int x = 0; x < frame.width && index != end; ++x) {
            out = std::ranges::copy(screen.palette[*index++], out).out;
        }
    }
    DecodedImage decoded{std::move(image), 1};
    if (end != indices->values.end()) {
        decoded.damage =
            Damage{fmt::format("truncated GIF: {} of {} rows",
                               indices->filled / static_cast<std::size_t>(frame.width), frame.height)};
    }
    return judged(std::move(decoded), limits.damage);
}

}  // namespace imnet
