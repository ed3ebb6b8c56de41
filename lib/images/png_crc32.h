#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace imnet {

/// The CRC-32 of a chunk of PNG (ISO 3309; reflected polynomial 0xEDB88320).
std::uint32_t png_crc32(std::span<const std::byte> bytes);

}  // namespace imnet
