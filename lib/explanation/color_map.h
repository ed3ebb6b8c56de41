#pragma once

#include <array>
#include <cstdint>

namespace imnet {

/// Matplotlib's map `inferno` at `t` from 0 (black) to 1 (light yellow), within 9 of 255: RGB.
/// Its lightness rises evenly. Other values of `t` are clamped.
std::array<std::uint8_t, 3> inferno(float t);

}  // namespace imnet
