// Reads any bytes as an EXIF block.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "codecs/orientation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const int orientation = imnet::exif_orientation(std::as_bytes(std::span(data, size)));
    if (orientation < 1 || orientation > 8) std::abort();
    return 0;
}
