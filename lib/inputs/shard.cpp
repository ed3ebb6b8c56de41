#include "inputs/shard.h"

#include <charconv>
#include <span>
#include <string>

#include "base/errors.h"
#include "base/sha256.h"

namespace imnet {
namespace {

// A positive number in digits only; 0 for anything else.
std::uint32_t whole_number(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

bool Shard::holds(std::string_view path) const {
    if (count == 1) return true;
    const std::string digits = sha256(std::as_bytes(std::span(path)));
    std::uint64_t hash = 0;
    std::from_chars(digits.data(), digits.data() + 16, hash, 16);
    return hash % count == index - 1;
}

Shard parse_shard(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        const Shard shard{whole_number(text.substr(0, slash)), whole_number(text.substr(slash + 1))};
        if (shard.index > 0 && shard.index <= shard.count) return shard;
    }
    throw UsageError("--shard " + std::string(text) +
                     ": it takes I/N, the I-th of N parts, as in 1/4, 2/4, 3/4 and 4/4");
}

}  // namespace imnet
