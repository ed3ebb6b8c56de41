#include "codecs/tiff/layout.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include <fmt/format.h>

namespace imnet {
namespace {

struct Tags {
    std::uint16_t photometric = PHOTOMETRIC_MINISWHITE;  // Pillow's choice where the tag is missing
    std::uint16_t compression = COMPRESSION_NONE;
    std::uint16_t bits = 1;
    std::uint16_t samples = 1;
    std::uint16_t sample_format = SAMPLEFORMAT_UINT;
    std::uint16_t planes = PLANARCONFIG_CONTIG;
    std::span<const std::uint16_t> extra;
};

Tags read_tags(TIFF* tiff) {
    Tags tags;
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &tags.photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &tags.compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &tags.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &tags.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &tags.sample_format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &tags.planes);
    std::uint16_t count = 0;
    const std::uint16_t* kinds = nullptr;
    if (TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) == 1 && kinds != nullptr) {
        tags.extra = {kinds, count};
    }
    if (tags.compression == COMPRESSION_OJPEG) tags.photometric = PHOTOMETRIC_YCBCR;
    return tags;
}

std::string_view name_of_photometric(std::uint16_t photometric) {
    switch (photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK: return "grey";
        case PHOTOMETRIC_RGB: return "RGB";
        case PHOTOMETRIC_PALETTE: return "palette";
        case PHOTOMETRIC_MASK: return "mask";
        case PHOTOMETRIC_SEPARATED: return "CMYK";
        case PHOTOMETRIC_YCBCR: return "YCbCr";
        case PHOTOMETRIC_CIELAB:
        case PHOTOMETRIC_ICCLAB:
        case PHOTOMETRIC_ITULAB: return "Lab";
        case PHOTOMETRIC_CFA: return "colour filter array";
        case PHOTOMETRIC_LOGL:
        case PHOTOMETRIC_LOGLUV: return "LogLuv";
        case 34892: return "linear raw";
        default: return "unknown";
    }
}

std::string_view name_of_number(std::uint16_t sample_format) {
    switch (sample_format) {
        case SAMPLEFORMAT_INT: return "signed ";
        case SAMPLEFORMAT_IEEEFP: return "floating point ";
        case SAMPLEFORMAT_COMPLEXINT:
        case SAMPLEFORMAT_COMPLEXIEEEFP: return "complex ";
        default: return "";
    }
}

tl::unexpected<InputError> not_supported(const Tags& tags) {
    return input_error(
        InputErrorKind::format,
        fmt::format(
            "this TIFF picture has {} pixels of {} {}{}-bit {}{}, which is not supported: convert it to "
            "PNG or JPEG",
            name_of_photometric(tags.photometric), tags.samples, name_of_number(tags.sample_format),
            tags.bits, tags.samples == 1 ? "sample" : "samples",
            tags.planes == PLANARCONFIG_SEPARATE && tags.samples > 1 ? " in planes" : ""));
}

bool first_extra_is(const Tags& tags, std::uint16_t kind) { return tags.extra[0] == kind; }

bool is_one_of(int value, std::initializer_list<int> values) {
    return std::ranges::find(values, value) != values.end();
}

/// Grey pixels: the numbers that Pillow reads, with at most one extra sample, which is dropped.
std::optional<TiffColor> grey_color(const Tags& tags) {
    const bool white_is_zero = tags.photometric == PHOTOMETRIC_MINISWHITE;
    const auto color = white_is_zero && tags.bits <= 8 ? TiffColor::white_is_zero : TiffColor::grey;
    if (tags.samples == 2 && !white_is_zero && tags.bits == 8 && tags.sample_format == SAMPLEFORMAT_UINT &&
        tags.extra.size() == 1 && !first_extra_is(tags, EXTRASAMPLE_ASSOCALPHA)) {
        return color;
    }
    if (tags.samples != 1) return std::nullopt;
    const bool read_of_black = is_one_of(tags.bits, {12, 32}) && !white_is_zero;
    if (tags.sample_format == SAMPLEFORMAT_UINT &&
        (is_one_of(tags.bits, {1, 2, 4, 8, 16}) || read_of_black)) {
        return color;
    }
    if (tags.sample_format == SAMPLEFORMAT_INT && is_one_of(tags.bits, {16, 32}) && !white_is_zero)
        return color;
    if (tags.sample_format == SAMPLEFORMAT_IEEEFP && tags.bits == 32) return color;
    return std::nullopt;
}

std::optional<TiffColor> color_of(const Tags& tags) {
    const bool whole_bytes = tags.bits == 8 || tags.bits == 16;
    const std::size_t colors = tags.samples - std::min<std::size_t>(tags.extra.size(), tags.samples);
    switch (tags.photometric) {
        case PHOTOMETRIC_MINISWHITE:
        case PHOTOMETRIC_MINISBLACK: return grey_color(tags);
        default: break;
    }
    if (tags.sample_format != SAMPLEFORMAT_UINT) return std::nullopt;
    switch (tags.photometric) {
        case PHOTOMETRIC_PALETTE:
            if (tags.samples == 1 && is_one_of(tags.bits, {1, 2, 4, 8})) return TiffColor::palette;
            if (tags.samples == 2 && tags.bits == 8 && colors == 1) return TiffColor::palette;
            return std::nullopt;
        case PHOTOMETRIC_RGB:
            if (!whole_bytes || colors != 3 || tags.samples > (tags.bits == 8 ? 6 : 4)) return std::nullopt;
            return tags.samples > 3 && first_extra_is(tags, EXTRASAMPLE_ASSOCALPHA)
                       ? TiffColor::premultiplied_rgb
                       : TiffColor::rgb;
        case PHOTOMETRIC_SEPARATED:
            if (!whole_bytes || colors != 4 || tags.samples > (tags.bits == 8 ? 6 : 4)) return std::nullopt;
            return TiffColor::cmyk;
        case PHOTOMETRIC_YCBCR:
            if (tags.bits != 8 || tags.samples != 3) return std::nullopt;
            return TiffColor::rgb_by_libtiff;
        default: return std::nullopt;
    }
}

bool read_palette(TIFF* tiff, int bits, Palette& palette) {
    const std::uint16_t *red = nullptr, *green = nullptr, *blue = nullptr;
    if (TIFFGetField(tiff, TIFFTAG_COLORMAP, &red, &green, &blue) != 1) return false;
    for (int i = 0; i < 1 << bits; ++i) {
        palette[static_cast<std::uint8_t>(i)] = {static_cast<std::uint8_t>(red[i] >> 8),
                                                 static_cast<std::uint8_t>(green[i] >> 8),
                                                 static_cast<std::uint8_t>(blue[i] >> 8)};
    }
    return true;
}

std::optional<InputError> compression_error(std::uint16_t compression) {
    constexpr int served[] = {COMPRESSION_NONE,      COMPRESSION_CCITTRLE,      COMPRESSION_CCITTFAX3,
                              COMPRESSION_CCITTFAX4, COMPRESSION_LZW,           COMPRESSION_OJPEG,
                              COMPRESSION_JPEG,      COMPRESSION_ADOBE_DEFLATE, COMPRESSION_CCITTRLEW,
                              COMPRESSION_PACKBITS,  COMPRESSION_THUNDERSCAN,   COMPRESSION_DEFLATE,
                              COMPRESSION_LZMA,      COMPRESSION_ZSTD,          COMPRESSION_WEBP};
    if (std::ranges::find(served, compression) != std::end(served) &&
        TIFFIsCODECConfigured(compression) == 1) {
        return std::nullopt;
    }
    const TIFFCodec* codec = TIFFFindCODEC(compression);
    return InputError{
        InputErrorKind::format,
        fmt::format("this TIFF picture is compressed with {}, which is not supported: convert it to "
                    "PNG or JPEG",
                    codec != nullptr ? codec->name : fmt::format("method {}", compression))};
}

}  // namespace

Expected<TiffLayout> read_layout(TIFF* tiff) {
    const Tags tags = read_tags(tiff);
    if (auto error = compression_error(tags.compression)) return tl::unexpected(std::move(*error));
    const auto color = color_of(tags);
    TiffLayout layout;
    layout.planes_apart = tags.planes == PLANARCONFIG_SEPARATE && tags.samples > 1;
    if (!color || (layout.planes_apart && tags.bits != 8 && tags.bits != 16)) return not_supported(tags);
    layout.color = *color;
    layout.bits = tags.bits;
    layout.samples = tags.samples;
    layout.number = tags.sample_format == SAMPLEFORMAT_IEEEFP                   ? TiffNumber::float_32
                    : tags.sample_format == SAMPLEFORMAT_INT || tags.bits == 32 ? TiffNumber::signed_integer
                                                                                : TiffNumber::bits;
    if (layout.color == TiffColor::palette && !read_palette(tiff, layout.bits, layout.palette)) {
        return input_error(InputErrorKind::decode, "damaged TIFF: its palette is missing");
    }
    if (tags.photometric == PHOTOMETRIC_YCBCR && tags.compression == COMPRESSION_JPEG &&
        !layout.planes_apart) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        layout.color = TiffColor::rgb;
    }
    return layout;
}

}  // namespace imnet
