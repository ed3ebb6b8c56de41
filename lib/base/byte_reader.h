#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace imnet {

/// Reads untrusted bytes from front to back. Past the end it returns zeros and sets `overran`, so that a
/// parser can read a whole header and then check once whether all of it was there.
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

}  // namespace imnet
