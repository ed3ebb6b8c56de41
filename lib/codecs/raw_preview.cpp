// A camera's raw file holds what the sensor saw, and one or more JPEG pictures that the camera made of it.
// Most makers build on TIFF, some with other first bytes: a directory whose pixels are a colour filter array
// or compressed in the maker's way is the sensor's. Makers hide the JPEG pictures in different places, some
// behind their own tags. But a JPEG picture can be told by its first bytes and its header, so the file is
// searched for them, and the largest is taken. The time is proportional to the size of the file.
#include "codecs/raw_preview.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "codecs/jpeg.h"
#include "codecs/stated_orientation.h"

namespace imnet {
namespace {

using namespace std::literals;

std::atomic<std::uint64_t> decoded_previews = 0;

constexpr std::string_view little_tiff = "II*\0"sv, big_tiff = "MM\0*"sv;
constexpr std::string_view raw_beginnings[] = {
    "IIRO"sv,
    "IIRS"sv,
    "MMOR"sv,   // Olympus
    "IIU\0"sv,  // Panasonic
    "FUJIFILMCCD-RAW"sv,
};

/// The directories of a TIFF file, as far as they tell whether it is a raw file.
class Directories {
public:
    explicit Directories(std::span<const std::byte> bytes)
        : bytes_(bytes), little_(as_text(bytes.first(2)) == "II") {}

    bool show_raw() {
        ByteReader reader(bytes_);
        reader.skip(4);
        std::uint32_t directory = u32(reader);
        for (int page = 0; page < 4 && directory != 0; ++page) {
            directory = read(directory, true);
            if (found_) return true;
        }
        return false;
    }

private:
    /// Reads a directory and those below it. Returns where the next one is.
    std::uint32_t read(std::uint32_t place, bool with_those_below) {
        constexpr int most_entries = 512, most_below = 8;
        ByteReader reader(bytes_);
        reader.skip(place);
        const int entries = u16(reader);
        if (reader.overran() || entries > most_entries) return 0;
        for (int i = 0; i < entries; ++i) {
            const std::uint16_t tag = u16(reader), type = u16(reader);
            const std::uint32_t count = u32(reader);
            ByteReader value(reader.take(4));
            if (reader.overran()) return 0;
            const std::uint32_t number = type == 3 ? u16(value) : u32(value);
            found_ = found_ || says_raw(tag, number);
            if (tag != sub_directories || !with_those_below) continue;
            if (count == 1) read(number, false);
            ByteReader list(bytes_);
            list.skip(number);
            for (std::uint32_t k = 0; count > 1 && k < std::min<std::uint32_t>(count, most_below); ++k) {
                read(u32(list), false);
            }
        }
        return u32(reader);
    }

    static bool says_raw(std::uint16_t tag, std::uint32_t number) {
        switch (tag) {
            case 0xC612: return true;                                // the version of DNG
            case 0x0106: return number == 32803 || number == 34892;  // filter array, linear raw
            case 0x0103: return number == 34713 || number == 32767 || number == 65535;  // Nikon, Sony, Pentax
            default: return false;
        }
    }

    std::uint16_t u16(ByteReader& reader) const { return little_ ? reader.u16_le() : reader.u16_be(); }
    std::uint32_t u32(ByteReader& reader) const { return little_ ? reader.u32_le() : reader.u32_be(); }

    static constexpr std::uint16_t sub_directories = 0x014A;
    std::span<const std::byte> bytes_;
    bool little_;
    bool found_ = false;
};

struct Preview {
    std::size_t start = 0;
    std::uint64_t pixels = 0;
};

/// The size in the header of a JPEG picture that libjpeg decodes: baseline or progressive, of 8 bits.
std::optional<std::uint64_t> jpeg_pixels(std::span<const std::byte> bytes) {
    constexpr int most_segments = 64;
    ByteReader reader(bytes);
    reader.skip(2);
    for (int i = 0; i < most_segments; ++i) {
        if (reader.u8() != 0xFF) return std::nullopt;
        const std::uint8_t code = reader.u8();
        const std::size_t length = reader.u16_be();
        const bool header = code >= 0xC0 && code <= 0xC2;
        const bool skipped =
            code == 0xC4 || code == 0xDB || code == 0xDD || code == 0xFE || (code >= 0xE0 && code <= 0xEF);
        if (length < 2 || (!header && !skipped)) return std::nullopt;
        ByteReader segment(reader.take(length - 2));
        if (reader.overran()) return std::nullopt;
        if (!header) continue;
        const bool eight_bits = segment.u8() == 8;
        const std::uint64_t height = segment.u16_be();
        const std::uint64_t pixels = height * segment.u16_be();
        return eight_bits && pixels > 0 && !segment.overran() ? std::optional(pixels) : std::nullopt;
    }
    return std::nullopt;
}

/// The largest previews, the largest first.
std::vector<Preview> find_previews(std::span<const std::byte> bytes) {
    constexpr std::size_t most = 4;
    std::vector<Preview> previews;
    const std::string_view text = as_text(bytes);
    for (auto start = text.find("\xFF\xD8\xFF"); start != std::string_view::npos;
         start = text.find("\xFF\xD8\xFF", start + 2)) {
        const auto pixels = jpeg_pixels(bytes.subspan(start));
        if (!pixels) continue;
        const auto place =
            std::ranges::find_if(previews, [&](const Preview& p) { return p.pixels < *pixels; });
        previews.insert(place, {start, *pixels});
        if (previews.size() > most) previews.pop_back();
    }
    return previews;
}

/// The orientation in the first directory. Canon's CR3 keeps that in a box of its own.
std::optional<int> orientation_of(std::span<const std::byte> bytes) {
    const std::string_view text = as_text(bytes);
    if (text.substr(4).starts_with("ftypcrx ")) {
        constexpr std::size_t beginning = 1 << 20;
        const auto box = text.substr(0, beginning).find("CMT1");
        if (box == std::string_view::npos) return std::nullopt;
        return exif_orientation(bytes.subspan(box + 4));
    }
    if (text.starts_with("FUJIFILM")) return std::nullopt;  // the preview says it
    if (text.starts_with(little_tiff) || text.starts_with(big_tiff)) return exif_orientation(bytes);
    // Where a maker has changed the first bytes, the rest is as in TIFF. The first directory is near the
    // beginning.
    constexpr std::size_t enough = 1 << 16;
    const auto first = bytes.first(std::min(bytes.size(), enough));
    std::vector<std::byte> start(first.begin(), first.end());
    std::ranges::copy(std::as_bytes(std::span(text.starts_with("II") ? little_tiff : big_tiff)),
                      start.begin());
    return exif_orientation(start);
}

}  // namespace

bool is_camera_raw(std::span<const std::byte> bytes) {
    const std::string_view text = as_text(bytes);
    if (text.size() < 16) return false;
    if (std::ranges::any_of(raw_beginnings, [&](auto beginning) { return text.starts_with(beginning); }))
        return true;
    if (text.substr(4).starts_with("ftypcrx ")) return true;
    if (!text.starts_with(little_tiff) && !text.starts_with(big_tiff)) return false;
    return text.substr(8, 2) == "CR" || Directories(bytes).show_raw();
}

Expected<DecodedImage> decode_raw_preview(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    for (const Preview& preview : find_previews(bytes)) {
        auto decoded = decode_jpeg(bytes.subspan(preview.start), limits);
        if (!decoded && decoded.error().kind == InputErrorKind::limits) return decoded;
        if (!decoded) continue;  // the sensor's data can look like the start of a JPEG picture
        decoded->orientation = orientation_of(bytes).value_or(decoded->orientation);
        ++decoded_previews;
        return decoded;
    }
    return input_error(
        InputErrorKind::format,
        "this is a camera's raw file without a JPEG preview inside: convert it to PNG or JPEG");
}

std::uint64_t raw_previews_decoded() { return decoded_previews; }

}  // namespace imnet
