// Reads little-endian numbers from untrusted bytes. Callers check the bounds.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace imnet {

static_assert(std::endian::native == std::endian::little, "the readers view little-endian numbers in place");

/// The number of type T that starts at `offset`; the bytes must be there.
template <typename T>
T load(std::span<const std::byte> bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

/// The bytes as characters, without a copy.
inline std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// True where [offset, offset + size) lies inside `total` bytes; never overflows.
inline bool fits(std::uint64_t offset, std::uint64_t size, std::uint64_t total) {
    return offset <= total && size <= total - offset;
}

}  // namespace imnet
