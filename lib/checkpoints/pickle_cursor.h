#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include "base/bytes.h"
#include "checkpoints/pickle.h"
#include "checkpoints/pickle_opcodes.h"
#include "checkpoints/refusals.h"

namespace imnet::pickle {

/// A position in a pickle, and the reading from there. Throws ModelError where the pickle ends too early.
class Cursor {
public:
    explicit Cursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

    std::size_t position() const { return at_; }

    Opcode next_opcode() {
        opcode_at_ = at_;
        return number<Opcode>();
    }

    std::span<const std::byte> take(std::size_t size) {
        if (!fits(at_, size, bytes_.size())) refuse_end();
        at_ += size;
        return bytes_.subspan(at_ - size, size);
    }

    /// A little-endian number, or an opcode.
    template <typename T>
    T number() {
        return load<T>(take(sizeof(T)), 0);
    }

    /// The rest of the line; its end is skipped.
    std::string_view line() {
        const std::string_view rest = as_text(bytes_.subspan(at_));
        const auto length = rest.find('\n');
        if (length == std::string_view::npos) refuse_end();
        at_ += length + 1;
        return rest.substr(0, length);
    }

    /// An int of that many bytes, two's complement.
    Value long_integer(std::size_t size) {
        const auto digits = take(size);
        if (size > sizeof(std::int64_t)) return LargeInteger{as_text(digits)};
        if (size == 0) return std::int64_t{0};
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size; ++i) value |= std::to_integer<std::uint64_t>(digits[i]) << (8 * i);
        const auto unused = static_cast<int>(64 - 8 * size);
        return static_cast<std::int64_t>(value << unused) >> unused;  // the top bit is the sign
    }

    /// Throws ModelError for a protocol that does not exist yet.
    static void check_protocol(int protocol) {
        constexpr int newest = 5;
        if (protocol > newest)
            refuse(fmt::format("it is written in pickle protocol {}: 2 to {} are read", protocol, newest));
    }

    /// A frame says how many bytes follow; throws ModelError where they are not there.
    void check_frame(std::uint64_t size) const {
        if (size > bytes_.size() - at_) refuse_end();
    }

    /// Throws ModelError about the last opcode.
    [[noreturn]] void refuse_damage(std::string_view what) const {
        refuse(fmt::format("the pickle {} at byte {}: the file is damaged or hostile", what, opcode_at_));
    }

private:
    [[noreturn]] static void refuse_end() {
        refuse("the pickle ends too early: the file is truncated or damaged");
    }

    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    std::size_t opcode_at_ = 0;
};

}  // namespace imnet::pickle
