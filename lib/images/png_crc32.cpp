#include "images/png_crc32.h"

#include <array>

namespace imnet {
namespace {

constexpr std::size_t slices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, slices>;

// tables[0] advances by one byte; tables[n] is tables[0] followed by n zero bytes, so eight look-ups
// that do not wait for each other advance by eight bytes.
constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0);
        tables[0][byte] = crc;
    }
    for (std::size_t n = 1; n < slices; ++n) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t previous = tables[n - 1][byte];
            tables[n][byte] = previous >> 8 ^ tables[0][previous & 0xFF];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

std::uint32_t png_crc32(std::span<const std::byte> bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (; bytes.size() >= slices; bytes = bytes.subspan(slices)) {
        std::uint32_t next = 0;
        for (std::size_t i = 0; i < slices; ++i) {
            const std::uint32_t carried = i < 4 ? crc >> (8 * i) & 0xFF : 0;
            next ^= tables[slices - 1 - i][std::to_integer<std::uint32_t>(bytes[i]) ^ carried];
        }
        crc = next;
    }
    for (const std::byte byte : bytes) {
        crc = crc >> 8 ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xFF];
    }
    return ~crc;
}

}  // namespace imnet
