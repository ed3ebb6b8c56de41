#include "base/bfloat16.h"

#include <bit>

namespace imnet {

std::uint16_t to_bfloat16(float value) {
    constexpr std::uint16_t quiet_nan = 0x7FC0;
    if (value != value) return quiet_nan;  // the carry below could make a NaN infinite
    const auto bits = std::bit_cast<std::uint32_t>(value);
    // Adding just under half of the last place that stays carries into it where more than half is cut
    // off, and with that place itself added, also at exactly half where the place is 1.
    const std::uint32_t last_place = (bits >> 16) & 1;
    return static_cast<std::uint16_t>((bits + 0x7FFF + last_place) >> 16);
}

}  // namespace imnet
