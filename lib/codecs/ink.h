#pragma once

#include <cstdint>

namespace imnet {

/// The brightness of one colour of a CMYK pixel, as Pillow converts it: what black leaves of the light, less
/// what the ink of this colour takes of that. 255 is full ink.
inline std::uint8_t light_through_ink(std::uint8_t ink, std::uint8_t black) {
    const int light = 255 - black;
    const int product = ink * light + 128;
    return static_cast<std::uint8_t>(light - ((product >> 8) + product) / 256);
}

}  // namespace imnet
