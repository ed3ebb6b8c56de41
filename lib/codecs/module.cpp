#include "codecs/module.h"

#include <fmt/format.h>

namespace imnet {
namespace {

struct CodecModule {
    LoadedModule module;
    const char* picture;
};

constexpr CodecModule tiff{
    {"libimnet_tiff.so", "the TIFF codec",
     "install the package libtiff-dev, build imnet with -D IMNET_TIFF=ON, and install it",
     "install the package libtiff6"},
    "a TIFF picture"};
constexpr CodecModule jpeg2000{
    {"libimnet_jpeg2000.so", "the JPEG 2000 codec",
     "install the package libopenjp2-7-dev, build imnet with -D IMNET_JPEG2000=ON, and install it",
     "install the package libopenjp2-7"},
    "a JPEG 2000 picture"};
constexpr CodecModule jxl{{"libimnet_jxl.so", "the JPEG XL codec",
                           "install the package libjxl-dev, build imnet with -D IMNET_JXL=ON, and install it",
                           "install the package libjxl0.7", true},
                          "a JPEG XL picture"};

constexpr CodecModule heif{
    {"libimnet_heif.so", "the HEIC and AVIF codec",
     "install the package libheif-dev, build imnet with -D IMNET_HEIF=ON, and install it",
     "install the package libheif1", true},
    "a HEIC or AVIF picture"};

const CodecModule& module_of(PictureFormat format) {
    switch (format) {
        case PictureFormat::jpeg2000: return jpeg2000;
        case PictureFormat::jxl: return jxl;
        case PictureFormat::heif: return heif;
        default: return tiff;
    }
}

}  // namespace

Expected<DecodedImage> decode_in_module(PictureFormat format, std::span<const std::byte> bytes,
                                        const DecodeLimits& limits) {
    const CodecModule& codec = module_of(format);
    const auto function = module_function(codec.module, decode_symbol);
    if (!function) {
        return input_error(InputErrorKind::format,
                           fmt::format("this is {}; {}", codec.picture, function.error()));
    }
    Expected<DecodedImage> decoded;
    reinterpret_cast<DecodeInModule*> (*function)(bytes, limits, decoded);
    return decoded;
}

}  // namespace imnet
