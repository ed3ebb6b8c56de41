#pragma once

#include <cstdint>
#include <string_view>

namespace imnet {

/// One of several parts of all inputs. A path belongs to part 1 + h mod `count`, where h is the first 8 bytes
/// of the path's SHA-256 as a big-endian number. It is the same on every machine for the same spelling of the
/// path.
struct Shard {
    std::uint32_t index = 1;  ///< from 1 to `count`
    std::uint32_t count = 1;

    bool holds(std::string_view path) const;
};

/// "2/5" is the second of five parts. Throws UsageError for any other text.
Shard parse_shard(std::string_view text);

}  // namespace imnet
