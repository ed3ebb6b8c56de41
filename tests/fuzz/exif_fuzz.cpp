// Reads any bytes as an EXIF block and as an XMP packet.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/bytes.h"
#include "codecs/stated_orientation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    const int orientation = imnet::stated_orientation(bytes, imnet::as_text(bytes));
    if (orientation < 1 || orientation > 8) std::abort();
    return 0;
}
