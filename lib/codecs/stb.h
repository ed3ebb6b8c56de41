#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "codecs/codec.h"

namespace imnet {

/// Decodes a whole file with stb_image, of which only the PNG decoder is compiled. `format` is its name in
/// messages.
Expected<Image> decode_with_stb(std::span<const std::byte> bytes, std::string_view format,
                                const DecodeLimits& limits);

/// Decodes a grey file of 16 bits: [height, width] samples.
Expected<std::vector<std::uint16_t>> decode_grey16_with_stb(std::span<const std::byte> bytes,
                                                            std::string_view format,
                                                            const DecodeLimits& limits);

}  // namespace imnet
