#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/sha256.h"

namespace imnet {

/// A short key for a path: 128 bits of its SHA-256, for tables of millions of paths.
using PathKey = std::array<std::uint64_t, 2>;

struct PathKeyHash {
    std::size_t operator()(const PathKey& key) const { return key[0]; }
};

inline PathKey path_key(std::string_view path) {
    const auto digest = sha256_bytes(path);
    PathKey key{};
    std::memcpy(key.data(), digest.data(), sizeof key);
    return key;
}

}  // namespace imnet
