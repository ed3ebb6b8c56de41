#include "codecs/orientation.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace imnet {
namespace {

constexpr Turn turns[9] = {
    {false, false, false},                                             // not used
    {false, false, false}, {false, true, false}, {false, true, true},  // 1 to 3
    {false, false, true},  {true, false, false}, {true, false, true},  // 4 to 6
    {true, true, true},    {true, true, false},                        // 7 and 8
};

}  // namespace

Turn turn_of(int orientation) { return orientation < 1 || orientation > 8 ? Turn{} : turns[orientation]; }

Image orient(Image image, int orientation) {
    if (orientation < 2 || orientation > 8) return image;
    const Turn turn = turn_of(orientation);
    Image upright{turn.swap_axes ? image.height : image.width, turn.swap_axes ? image.width : image.height,
                  std::vector<std::uint8_t>(image.rgb.size())};
    // With swapped axes, square tiles keep both the rows read and the rows written in the cache.
    constexpr int tile = 32;
    for (int top = 0; top < upright.height; top += tile) {
        const int bottom = std::min(top + tile, upright.height);
        for (int left = 0; left < upright.width; left += tile) {
            const int right = std::min(left + tile, upright.width);
            for (int y = top; y < bottom; ++y) {
                std::uint8_t* out = upright.row(y) + static_cast<std::size_t>(left) * 3;
                for (int x = left; x < right; ++x, out += 3) {
                    int from_x = turn.swap_axes ? y : x;
                    int from_y = turn.swap_axes ? x : y;
                    if (turn.flip_x) from_x = image.width - 1 - from_x;
                    if (turn.flip_y) from_y = image.height - 1 - from_y;
                    std::copy_n(image.row(from_y) + static_cast<std::size_t>(from_x) * 3, 3, out);
                }
            }
        }
    }
    return upright;
}

}  // namespace imnet
