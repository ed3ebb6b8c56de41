// Reads any bytes as a camera's raw file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "codecs/raw_preview.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    if (!imnet::is_camera_raw(bytes)) return 0;
    const auto decoded = imnet::decode_raw_preview(bytes, {.max_pixels = 250'000});
    if (!decoded && decoded.error().message.empty()) std::abort();
    if (decoded && (decoded->orientation < 1 || decoded->orientation > 8)) std::abort();
    return 0;
}
