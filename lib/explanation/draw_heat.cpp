#include "explanation/draw_heat.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "explanation/color_map.h"

namespace imnet {
namespace {

constexpr float colour_share = 0.6F;  // of what is drawn; the rest is the photograph
constexpr float outside_share = 0.4F;

// Bilinear between the centres of four cells, as the papers' code resizes heat maps. At the border it is
// the value of the nearest cell.
float value_at(const HeatMap& heat, const Place& place) {
    const double x = std::clamp(place.x * heat.width - 0.5, 0.0, heat.width - 1.0);
    const double y = std::clamp(place.y * heat.height - 0.5, 0.0, heat.height - 1.0);
    const int left = static_cast<int>(x), right = std::min(left + 1, heat.width - 1);
    const int top = static_cast<int>(y), bottom = std::min(top + 1, heat.height - 1);
    const auto cell = [&](int column, int row) {
        return heat.values[static_cast<std::size_t>(row) * heat.width + column];
    };
    const auto between = [](float a, float b, double part) { return a + static_cast<float>(part) * (b - a); };
    return between(between(cell(left, top), cell(right, top), x - left),
                   between(cell(left, bottom), cell(right, bottom), x - left), y - top);
}

// The luma of Rec. 601, as Pillow's convert("L").
float grey_of(const std::uint8_t* rgb) {
    return 0.299F * static_cast<float>(rgb[0]) + 0.587F * static_cast<float>(rgb[1]) +
           0.114F * static_cast<float>(rgb[2]);
}

}  // namespace

Place hottest(const HeatMap& heat) {
    const auto cell = std::max_element(heat.values.begin(), heat.values.end()) - heat.values.begin();
    const auto row = cell / heat.width, column = cell % heat.width;
    return {(static_cast<double>(column) + 0.5) / heat.width, (static_cast<double>(row) + 0.5) / heat.height};
}

Place heat_centre(const HeatMap& heat) {
    double sum = 0, sum_x = 0, sum_y = 0;
    for (int row = 0; row < heat.height; ++row) {
        for (int column = 0; column < heat.width; ++column) {
            const double value = heat.values[static_cast<std::size_t>(row) * heat.width + column];
            sum += value;
            sum_x += value * (column + 0.5);
            sum_y += value * (row + 0.5);
        }
    }
    return {sum_x / sum / heat.width, sum_y / sum / heat.height};
}

Image draw_heat(const Image& photograph, const Region& crop, const HeatMap& heat) {
    const float largest = heat.largest();
    const float scale = largest > 0 ? 1 / largest : 0;
    Image drawn = photograph;
    for (int y = 0; y < drawn.height; ++y) {
        std::uint8_t* pixel = drawn.row(y);
        for (int x = 0; x < drawn.width; ++x, pixel += 3) {
            const float grey = grey_of(pixel);
            const Place in_crop{((x + 0.5) / drawn.width - crop.left) / crop.width,
                                ((y + 0.5) / drawn.height - crop.top) / crop.height};
            const bool seen = in_crop.x >= 0 && in_crop.x < 1 && in_crop.y >= 0 && in_crop.y < 1;
            if (!seen) {
                std::fill_n(pixel, 3, static_cast<std::uint8_t>(std::lround(outside_share * grey)));
                continue;
            }
            const auto colour = inferno(scale * value_at(heat, in_crop));
            for (std::size_t channel = 0; channel < 3; ++channel) {
                const float mixed =
                    colour_share * static_cast<float>(colour[channel]) + (1 - colour_share) * grey;
                pixel[channel] = static_cast<std::uint8_t>(std::lround(mixed));
            }
        }
    }
    return drawn;
}

}  // namespace imnet
