#include "codecs/module.h"

#include <fmt/format.h>

namespace imnet {
namespace {

struct CodecModule {
    LoadedModule module;
    const char* picture;
};

const CodecModule& module_of(PictureFormat) {
    static constexpr CodecModule tiff{
        {"libimnet_tiff.so", "the TIFF codec",
         "install the package libtiff-dev, build imnet with -D IMNET_TIFF=ON, and install it",
         "install the package libtiff6"},
        "a TIFF picture"};
    return tiff;
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
