#include "codecs/decode.h"

#include <new>

#include "codecs/bmp.h"
#include "codecs/gif.h"
#include "codecs/jpeg.h"
#include "codecs/module.h"
#include "codecs/picture_size.h"
#include "codecs/png.h"
#include "codecs/pnm.h"
#include "codecs/raw_preview.h"
#include "codecs/sniff.h"
#include "codecs/tga.h"
#include "codecs/webp.h"

namespace imnet {
namespace {

Expected<DecodedImage> decode_as(PictureFormat format, std::span<const std::byte> bytes,
                                 const DecodeLimits& limits) {
    switch (format) {
        case PictureFormat::jpeg: return decode_jpeg(bytes, limits);
        case PictureFormat::png: return decode_png(bytes, limits);
        case PictureFormat::webp: return decode_webp(bytes, limits);
        case PictureFormat::gif: return decode_gif(bytes, limits);
        case PictureFormat::bmp: return decode_bmp(bytes, limits);
        case PictureFormat::tga: return decode_tga(bytes, limits);
        case PictureFormat::pnm: return decode_pnm(bytes, limits);
        case PictureFormat::tiff:
        case PictureFormat::jpeg2000:
        case PictureFormat::jxl:
        case PictureFormat::heif: return decode_in_module(format, bytes, limits);
        case PictureFormat::raw: return decode_raw_preview(bytes, limits);
        case PictureFormat::unknown: break;
    }
    return input_error(InputErrorKind::format, describe_unknown(bytes));
}

}  // namespace

Expected<DecodedImage> decode(std::span<const std::byte> bytes, const DecodeLimits& limits) {
    try {
        return decode_as(sniff(bytes), bytes, limits);
    } catch (const std::bad_alloc&) {
        return tl::unexpected(memory_error());
    }
}

}  // namespace imnet
