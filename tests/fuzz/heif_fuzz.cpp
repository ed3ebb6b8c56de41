// Decodes any bytes as a HEIC or AVIF picture.
#include "decode_in_module.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    imnet::fuzz::decode_in_module(imnet::PictureFormat::heif, data, size);
    return 0;
}
