#include "codecs/sniff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/byte_reader.h"
#include "base/bytes.h"
#include "codecs/bmp.h"
#include "codecs/raw_preview.h"
#include "codecs/tga.h"

namespace imnet {
namespace {

using namespace std::literals;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    std::string_view name;
};

constexpr std::string_view convert = "convert it to PNG or JPEG";

constexpr Signature unserved_pictures[] = {
    {0, "II\xBC\x01"sv, "a JPEG XR picture"},
    {0, "8BPS"sv, "a Photoshop document"},
    {0, "gimp xcf"sv, "a GIMP document"},
    {0, "\0\0\1\0"sv, "a Windows icon"},
    {0, "icns"sv, "an Apple icon"},
    {0, "\x01\xDA"sv, "an SGI picture"},
    {0, "/* XPM"sv, "an XPM picture"},
    {0, "\xD7\xCD\xC6\x9A"sv, "a Windows metafile"},
    {0, "FOVb"sv, "a Sigma raw picture"},
    {1, "MRM"sv, "a Minolta raw picture"},
    {0, "DDS "sv, "a DDS texture"},
    {0, "v/1\x01"sv, "an OpenEXR picture"},
    {0, "#?RADIANCE"sv, "a Radiance HDR picture"},
    {0, "#?RGBE"sv, "a Radiance HDR picture"},
    {0, "qoif"sv, "a QOI picture"},
    {0, "P7\n"sv, "a PAM picture"},
    {0, "PF\n"sv, "a PFM picture"},
    {0, "Pf\n"sv, "a PFM picture"},
    {8, "ILBM"sv, "an IFF picture"},
    {0, "SIMPLE  ="sv, "a FITS picture"},
    {0, "%PDF-"sv, "a PDF document"},
    {0, "%!PS"sv, "a PostScript document"},
    {0, "\x8AMNG\r\n"sv, "an MNG animation"},
};

// TIFF, and BigTIFF with offsets of 64 bits.
constexpr Signature tiff_signatures[] = {
    {0, "II*\0"sv, {}},
    {0, "MM\0*"sv, {}},
    {0, "II+\0"sv, {}},
    {0, "MM\0+"sv, {}},
};

// A JP2 file, and a codestream alone.
constexpr Signature jpeg2000_signatures[] = {
    {0, "\0\0\0\x0CjP  \r\n\x87\n"sv, {}},
    {0, "\xFF\x4F\xFF\x51"sv, {}},
};

// JPEG XL in boxes, and a codestream alone.
constexpr Signature jxl_signatures[] = {
    {0, "\0\0\0\x0CJXL \r\n\x87\n"sv, {}},
    {0, "\xFF\x0A"sv, {}},
};

// HEIF: HEIC holds HEVC, AVIF holds AV1, and mif1 and msf1 either.
constexpr Signature heif_signatures[] = {
    {4, "ftypavif"sv, {}}, {4, "ftypavis"sv, {}}, {4, "ftyphei"sv, {}},
    {4, "ftyphev"sv, {}},  {4, "ftypmif1"sv, {}}, {4, "ftypmsf1"sv, {}},
};

constexpr Signature other_files[] = {
    {4, "ftyp"sv, "a video"},
    {0, "\x1A\x45\xDF\xA3"sv, "a video"},
    {0, "RIFF"sv, "a RIFF file without a picture"},
    {0, "PK\3\4"sv, "a ZIP archive"},
    {0, "\x1F\x8B"sv, "a gzip file"},
    {0, "\xFD\x37zXZ\0"sv, "an xz file"},
    {0, "BZh"sv, "a bzip2 file"},
    {0, "\x28\xB5\x2F\xFD"sv, "a Zstandard file"},
    {0, "7z\xBC\xAF\x27\x1C"sv, "a 7-Zip archive"},
    {257, "ustar"sv, "a tar archive"},
    {0,
     "\x7F"
     "ELF"sv,
     "a program"},
};

bool holds(std::string_view text, const Signature& signature) {
    return text.size() >= signature.offset && text.substr(signature.offset).starts_with(signature.bytes);
}

template <std::size_t count>
const Signature* find_signature(std::string_view text, const Signature (&signatures)[count]) {
    const auto found = std::ranges::find_if(signatures, [&](const Signature& s) { return holds(text, s); });
    return found != std::end(signatures) ? &*found : nullptr;
}

bool looks_like_pnm(std::string_view text) {
    return text.size() >= 3 && text[0] == 'P' && text[1] >= '1' && text[1] <= '6' &&
           (text[2] == '#' || std::isspace(static_cast<unsigned char>(text[2])) != 0);
}

bool is_text(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= ' ' ? byte != 0x7F : std::isspace(byte) != 0;
    });
}

/// The start of a text in lower case, without leading white space or a byte order mark.
std::string beginning_of(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const auto start = std::ranges::find_if_not(text, [](unsigned char c) { return std::isspace(c) != 0; });
    std::string lower(start, text.end());
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower;
}

}  // namespace

PictureFormat sniff(std::span<const std::byte> bytes) {
    const std::string_view text = as_text(bytes);
    if (text.starts_with("\xFF\xD8\xFF")) return PictureFormat::jpeg;
    if (text.starts_with("\x89PNG\r\n\x1a\n")) return PictureFormat::png;
    if (text.starts_with("RIFF") && holds(text, {8, "WEBP", {}})) return PictureFormat::webp;
    if (text.starts_with("GIF87a") || text.starts_with("GIF89a")) return PictureFormat::gif;
    if (is_camera_raw(bytes)) return PictureFormat::raw;
    if (find_signature(text, tiff_signatures) != nullptr) return PictureFormat::tiff;
    if (find_signature(text, jpeg2000_signatures) != nullptr) return PictureFormat::jpeg2000;
    if (find_signature(text, jxl_signatures) != nullptr) return PictureFormat::jxl;
    if (find_signature(text, heif_signatures) != nullptr) return PictureFormat::heif;
    if (looks_like_bmp(bytes)) return PictureFormat::bmp;
    if (looks_like_pnm(text)) return PictureFormat::pnm;
    if (find_signature(text, unserved_pictures) != nullptr) return PictureFormat::unknown;
    if (looks_like_tga(bytes)) return PictureFormat::tga;
    return PictureFormat::unknown;
}

std::optional<InputError> refusal_of(std::span<const std::byte> start) {
    if (sniff(start) != PictureFormat::unknown) return std::nullopt;
    return InputError{InputErrorKind::format, describe_unknown(start)};
}

std::string describe_unknown(std::span<const std::byte> bytes) {
    if (bytes.empty()) return "empty file";
    const std::string_view text = as_text(bytes.first(std::min<std::size_t>(bytes.size(), 1024)));
    if (const Signature* found = find_signature(text, unserved_pictures)) {
        return fmt::format("this is {}, which is not supported: {}", found->name, convert);
    }
    if (const Signature* found = find_signature(text, other_files)) {
        return fmt::format("not a picture: this is {}", found->name);
    }
    const std::string beginning = beginning_of(text);
    if (beginning.starts_with("version https://git-lfs.github.com/spec/")) {
        return "this is a Git LFS pointer, not a picture: run 'git lfs pull'";
    }
    if (beginning.starts_with("<svg") ||
        (beginning.starts_with("<?xml") && beginning.find("<svg") != std::string::npos)) {
        return fmt::format("this is an SVG drawing, which is not supported: {}", convert);
    }
    if (beginning.starts_with("<!doctype html") || beginning.starts_with("<html")) {
        return "not a picture: this is an HTML page, often what a failed download leaves: download it again";
    }
    if (is_text(text)) return "not a picture: this is a text file";
    return "not a picture: no known format starts like this";
}

}  // namespace imnet
