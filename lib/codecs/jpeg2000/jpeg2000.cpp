// openjpeg decodes; the components become RGB as Pillow makes it. Alpha is dropped. Pillow's arithmetic is
// followed where it surprises, too: greys of more than 8 bits are scaled to 16 bits and clipped to 255, and
// where colours of more than 8 bits are rounded, the highest become 0.
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <openjpeg.h>

#include "base/loaded_module.h"
#include "codecs/codec.h"
#include "codecs/ink.h"
#include "codecs/jpeg2000/codestream.h"
#include "codecs/module.h"
#include "codecs/picture_size.h"

namespace imnet {
namespace {

struct Source {
    std::span<const std::byte> bytes;
    std::size_t position = 0;
};

OPJ_SIZE_T read_source(void* out, OPJ_SIZE_T size, void* user) {
    Source& source = *static_cast<Source*>(user);
    const std::size_t count = std::min(size, source.bytes.size() - source.position);
    if (count == 0) return static_cast<OPJ_SIZE_T>(-1);
    std::memcpy(out, source.bytes.data() + source.position, count);
    source.position += count;
    return count;
}

OPJ_OFF_T skip_source(OPJ_OFF_T count, void* user) {
    Source& source = *static_cast<Source*>(user);
    if (count < 0) return -1;
    source.position += std::min(static_cast<std::size_t>(count), source.bytes.size() - source.position);
    return count;
}

OPJ_BOOL seek_source(OPJ_OFF_T position, void* user) {
    Source& source = *static_cast<Source*>(user);
    if (position < 0 || static_cast<std::size_t>(position) > source.bytes.size()) return OPJ_FALSE;
    source.position = static_cast<std::size_t>(position);
    return OPJ_TRUE;
}

void keep_error(const char* message, void* user) {
    std::string& error = *static_cast<std::string*>(user);
    if (error.empty()) error = message;
    while (error.ends_with('\n')) error.pop_back();
}

template <auto destroy>
struct Delete {
    template <typename Object>
    void operator()(Object* object) const {
        destroy(object);
    }
};
using Codec = std::unique_ptr<opj_codec_t, Delete<opj_destroy_codec>>;
using Stream = std::unique_ptr<opj_stream_t, Delete<opj_stream_destroy>>;
using Components = std::unique_ptr<opj_image_t, Delete<opj_image_destroy>>;

Stream open_stream(Source& source) {
    Stream stream(opj_stream_default_create(OPJ_TRUE));
    opj_stream_set_read_function(stream.get(), read_source);
    opj_stream_set_skip_function(stream.get(), skip_source);
    opj_stream_set_seek_function(stream.get(), seek_source);
    opj_stream_set_user_data(stream.get(), &source, nullptr);
    opj_stream_set_user_data_length(stream.get(), source.bytes.size());
    return stream;
}

Expected<Components> decode_components(std::span<const std::byte> bytes, bool in_boxes,
                                       const DecodeLimits& limits) {
    std::string error;
    Source source{bytes};
    const Stream stream = open_stream(source);
    const Codec codec(opj_create_decompress(in_boxes ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K));
    opj_set_error_handler(codec.get(), keep_error, &error);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    opj_image_t* header = nullptr;
    bool decoded = opj_setup_decoder(codec.get(), &parameters) == OPJ_TRUE &&
                   opj_read_header(stream.get(), codec.get(), &header) == OPJ_TRUE;
    Components components(header);
    if (decoded) {
        auto wrong = size_error(header->x1 - header->x0, header->y1 - header->y0, limits);
        if (wrong) return tl::unexpected(std::move(*wrong));
        decoded = opj_decode(codec.get(), stream.get(), header) == OPJ_TRUE &&
                  opj_end_decompress(codec.get(), stream.get()) == OPJ_TRUE;
    }
    if (!decoded) {
        return input_error(
            InputErrorKind::decode,
            fmt::format("damaged JPEG 2000: {}", error.empty() ? "it cannot be decoded" : error));
    }
    return components;
}

/// Where the file does not name its colours, those of subsampled pictures are taken for YCbCr.
OPJ_COLOR_SPACE color_space_of(const opj_image_t& image) {
    if (image.color_space != OPJ_CLRSPC_UNKNOWN && image.color_space != OPJ_CLRSPC_UNSPECIFIED) {
        return image.color_space;
    }
    if (image.numcomps <= 2) return OPJ_CLRSPC_GRAY;
    const std::span components(image.comps, image.numcomps);
    const auto subsampled =
        std::ranges::find_if(components, [](const auto& c) { return c.dx != 1 || c.dy != 1; });
    const auto first = subsampled - components.begin();
    return first == 1 || first == 2 ? OPJ_CLRSPC_SYCC : OPJ_CLRSPC_SRGB;
}

/// A component as unsigned numbers of so many bits. The arithmetic is modulo 2³², as Pillow's is.
class Samples {
public:
    Samples(const opj_image_comp_t& component, int bits)
        : component_(component), shift_(bits - static_cast<int>(component.prec)) {
        if (component.sgnd != 0) offset_ = 1U << (component.prec - 1);
        if (shift_ < 0) offset_ += 1U << (-shift_ - 1);
    }

    std::uint32_t at(int x, int y) const {
        const std::size_t column = std::min(static_cast<OPJ_UINT32>(x) / component_.dx, component_.w - 1);
        const std::size_t row = std::min(static_cast<OPJ_UINT32>(y) / component_.dy, component_.h - 1);
        const auto value = offset_ + static_cast<std::uint32_t>(component_.data[row * component_.w + column]);
        return shift_ < 0 ? value >> -shift_ : value << shift_;
    }

private:
    const opj_image_comp_t& component_;
    int shift_;
    std::uint32_t offset_ = 0;
};

void draw_grey(const opj_image_t& image, int bits, Image& out) {
    const Samples grey(image.comps[0], bits);
    for (int y = 0; y < out.height; ++y) {
        std::uint8_t* rgb = out.row(y);
        for (int x = 0; x < out.width; ++x, rgb += 3) {
            const std::uint32_t value = grey.at(x, y);
            // Of 16 bits, those above 255 are clipped; of 8 bits, the lower 8 remain.
            const auto byte = bits == 16 ? std::min<std::uint32_t>(value & 0xFFFF, 255) : value;
            std::fill_n(rgb, 3, static_cast<std::uint8_t>(byte));
        }
    }
}

void rgb_from_ycbcr(std::uint8_t* rgb) {
    // In 64ths, as Pillow's tables have them.
    const auto scaled = [](double factor, int value) {
        return static_cast<int>(factor * (value - 128) * 64 + .5);
    };
    const int y = rgb[0], cb = rgb[1], cr = rgb[2];
    const int colors[3] = {y + (scaled(1.402, cr) >> 6),
                           y + ((scaled(-.34414, cb) + scaled(-.71414, cr)) >> 6),
                           y + (scaled(1.772, cb) >> 6)};
    for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(std::clamp(colors[c], 0, 255));
}

void draw_colors(const opj_image_t& image, OPJ_COLOR_SPACE space, Image& out) {
    const Samples colors[3] = {{image.comps[0], 8}, {image.comps[1], 8}, {image.comps[2], 8}};
    const Samples black(image.comps[image.numcomps - 1], 8);
    for (int y = 0; y < out.height; ++y) {
        std::uint8_t* rgb = out.row(y);
        for (int x = 0; x < out.width; ++x, rgb += 3) {
            for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(colors[c].at(x, y));
            if (space == OPJ_CLRSPC_SYCC) rgb_from_ycbcr(rgb);
            if (space != OPJ_CLRSPC_CMYK) continue;
            for (int c = 0; c < 3; ++c)
                rgb[c] = light_through_ink(rgb[c], static_cast<std::uint8_t>(black.at(x, y)));
        }
    }
}

Expected<DecodedImage> decode_jpeg2000(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    const auto header = read_jpeg2000_header(bytes, limits);
    if (!header) return tl::unexpected(header.error());
    const auto components = decode_components(bytes, header->in_boxes, limits);
    if (!components) return tl::unexpected(components.error());
    const opj_image_t& image = **components;
    const std::span all(image.comps, image.numcomps);
    if (all.empty() || std::ranges::any_of(all, [](const auto& c) {
            return c.data == nullptr || c.w == 0 || c.h == 0 || c.prec < 1 || c.prec > 31;
        })) {
        return input_error(InputErrorKind::decode, "damaged JPEG 2000: a component has no pixels");
    }
    const OPJ_COLOR_SPACE space = color_space_of(image);
    const bool grey = space == OPJ_CLRSPC_GRAY && all.size() <= 2;
    const bool colors =
        (space == OPJ_CLRSPC_SRGB || space == OPJ_CLRSPC_SYCC) && (all.size() == 3 || all.size() == 4);
    if (!grey && !colors && !(space == OPJ_CLRSPC_CMYK && all.size() == 4)) {
        return input_error(
            InputErrorKind::format,
            "this JPEG 2000 picture has colours that are not supported: convert it to PNG or JPEG");
    }
    Image out = blank_image(image.x1 - image.x0, image.y1 - image.y0);
    if (grey) {
        const bool wide = all.size() == 1 && all[0].prec > (header->in_boxes ? 9 : 8);
        draw_grey(image, wide ? 16 : 8, out);
    } else {
        draw_colors(image, space, out);
    }
    return DecodedImage{std::move(out), 1};
}

}  // namespace

IMNET_MODULE_FUNCTION void imnet_decode_picture(std::span<const std::byte> bytes, const DecodeLimits& limits,
                                                Expected<DecodedImage>& result) {
    result = decode_jpeg2000(bytes, limits);
}

}  // namespace imnet
