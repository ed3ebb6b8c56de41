#include "base/crc32.h"

#include <libdeflate.h>

namespace imnet {

std::uint32_t crc32(std::span<const std::byte> bytes) {
    // libdeflate gives the start value, 0, for a null pointer, which an empty span may hold.
    return bytes.empty() ? 0 : libdeflate_crc32(0, bytes.data(), bytes.size());
}

}  // namespace imnet
