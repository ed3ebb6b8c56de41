#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace imnet {

/// Reads bytes that are not trusted, front to back. Past the end it yields zeros and remembers that
/// it did, so a parser may read a whole header and then ask once whether it was all there.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

    bool overran() const { return overran_; }
    std::size_t position() const { return position_; }
    std::size_t remaining() const { return bytes_.size() - position_; }

    std::uint8_t u8() {
        const auto byte = take(1);
        return byte.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(byte[0]);
    }
    std::uint16_t u16_le() { return static_cast<std::uint16_t>(little_endian(2)); }
    std::uint32_t u32_le() { return little_endian(4); }
    std::uint16_t u16_be() { return static_cast<std::uint16_t>(big_endian(2)); }
    std::uint32_t u32_be() { return big_endian(4); }

    /// The next `count` bytes; none where fewer are left.
    std::span<const std::byte> take(std::size_t count) {
        if (count > remaining()) {
            overran_ = true;
            position_ = bytes_.size();
            return {};
        }
        position_ += count;
        return bytes_.subspan(position_ - count, count);
    }

    void skip(std::size_t count) { take(count); }

private:
    std::uint32_t little_endian(int count) {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) value |= static_cast<std::uint32_t>(u8()) << (8 * i);
        return value;
    }
    std::uint32_t big_endian(int count) {
        std::uint32_t value = 0;
        for (int i = 0; i < count; ++i) value = value << 8 | u8();
        return value;
    }

    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
    bool overran_ = false;
};

/// The bytes as characters, to compare with a signature.
inline std::string_view as_text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace imnet
