// The chunks with text (W3C PNG, second edition, 11.3.4): tEXt is a keyword, a zero byte and the text; zTXt
// has a byte for the method before the text, which is compressed; iTXt has a flag that says whether it is
// compressed, the method, a language and the translated keyword, each of the two with a zero byte after it.
//
// ImageMagick's raw profile is text: an empty line, the name, the number of bytes, and the bytes as
// hexadecimal digits in lines.
#include "codecs/png_metadata.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "codecs/stated_orientation.h"

namespace imnet {
namespace {

/// What stands before the next zero byte; `rest` then starts after it. Nothing without a zero byte.
std::optional<std::string_view> take_word(std::span<const std::byte>& rest) {
    const std::string_view text = as_text(rest);
    const auto end = text.find('\0');
    if (end == std::string_view::npos) return {};
    rest = rest.subspan(end + 1);
    return text.substr(0, end);
}

std::string inflate(std::span<const std::byte> compressed) {
    constexpr std::size_t most = std::size_t{1} << 20;  // Pillow's PngImagePlugin.MAX_TEXT_CHUNK
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
        libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
    if (!decompressor) throw std::bad_alloc();
    std::string text(std::min(most, compressed.size() * 4 + 1024), '\0');
    while (true) {
        std::size_t size = 0;
        switch (libdeflate_zlib_decompress(decompressor.get(), compressed.data(), compressed.size(),
                                           text.data(), text.size(), &size)) {
            case LIBDEFLATE_SUCCESS: text.resize(size); return text;
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                if (text.size() == most) return {};
                text.resize(std::min(most, text.size() * 2));
                break;
            default: return {};
        }
    }
}

int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// The bytes of a raw profile; none if it is damaged.
std::vector<std::byte> raw_profile_bytes(std::string_view text) {
    for (int line = 0; line < 3; ++line) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < text.size();) {
        if (std::string_view(" \t\n\r\v\f").find(text[i]) != std::string_view::npos) {
            ++i;
            continue;
        }
        const int high = hexadecimal(text[i]);
        const int low = i + 1 < text.size() ? hexadecimal(text[i + 1]) : -1;
        if (high < 0 || low < 0) return {};
        bytes.push_back(static_cast<std::byte>(high << 4 | low));
        i += 2;
    }
    return bytes;
}

}  // namespace

void PngMetadata::take(std::string_view type, std::span<const std::byte> data) {
    if (type == "eXIf") exif_ = data;
    if (type == "tEXt" || type == "zTXt" || type == "iTXt") take_text(type, data);
}

void PngMetadata::take_text(std::string_view type, std::span<const std::byte> data) {
    auto rest = data;
    const auto keyword = take_word(rest);
    if (!keyword || (*keyword != "Raw profile type exif" && *keyword != "XML:com.adobe.xmp")) return;
    Text text;
    if (type == "zTXt") {
        if (rest.empty() || rest[0] != std::byte{0}) return;
        text.compressed = true;
        rest = rest.subspan(1);
    } else if (type == "iTXt") {
        if (rest.size() < 2) return;
        text.compressed = rest[0] != std::byte{0};
        if (text.compressed && rest[1] != std::byte{0}) return;
        rest = rest.subspan(2);
        if (!take_word(rest) || !take_word(rest)) return;
    }
    text.value = rest;
    (*keyword == "XML:com.adobe.xmp" ? xmp_ : raw_profile_) = text;
}

int PngMetadata::orientation() const {
    const auto read = [](const Text& text) {
        return text.compressed ? inflate(text.value) : std::string(as_text(text.value));
    };
    const auto profile = exif_.empty() ? raw_profile_bytes(read(raw_profile_)) : std::vector<std::byte>{};
    const auto exif = exif_.empty() ? std::span<const std::byte>(profile) : exif_;
    if (const auto orientation = exif_orientation(exif)) return *orientation;
    return xmp_orientation(read(xmp_)).value_or(1);
}

}  // namespace imnet
