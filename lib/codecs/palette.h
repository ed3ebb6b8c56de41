#pragma once

#include <array>
#include <cstdint>

namespace imnet {

/// 256 colours, red green blue. An index without a colour in the file is the grey of that number, as in
/// Pillow up to 9.4 (newer versions show black).
class Palette {
public:
    using Color = std::array<std::uint8_t, 3>;

    Palette() {
        for (std::size_t i = 0; i < colors_.size(); ++i) colors_[i].fill(static_cast<std::uint8_t>(i));
    }

    Color& operator[](std::uint8_t index) { return colors_[index]; }
    const Color& operator[](std::uint8_t index) const { return colors_[index]; }

private:
    std::array<Color, 256> colors_;
};

}  // namespace imnet
