#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace imnet {

/// CRC-32 of the bytes as zip archives and PNG use it (ISO 3309, reflected polynomial 0xEDB88320).
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace imnet
