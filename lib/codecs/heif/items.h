#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace imnet {

/// How many pixels are to be decoded for the primary picture of a HEIF file, and how many it has. A grid is
/// decoded tile by tile, an overlay layer by layer, and alpha besides.
struct HeifWork {
    std::uint64_t decoded = 0;  ///< at most 2⁶²
    std::uint64_t shown = 0;    ///< 0 if the file does not say
    std::uint64_t coded = 0;  ///< of the largest compressed stream, as that states it; 0 if it cannot be read
};

/// Adds up the sizes that the file states. Never reads outside the span; what is damaged counts as nothing.
HeifWork count_heif_work(std::span<const std::byte> bytes);

}  // namespace imnet
