// The polynomial that Matt Zucker fitted to matplotlib's table of 256 colours and gave to the public
// domain (CC0, https://www.shadertoy.com/view/WlfXRN). The table, by Nathaniel Smith and Stéfan van der
// Walt, is CC0, too.
#include "explanation/color_map.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace imnet {

std::array<std::uint8_t, 3> inferno(float t) {
    constexpr float coefficients[7][3] = {
        {0.0002189403691192265F, 0.001651004631001012F, -0.01948089843709184F},
        {0.1065134194856116F, 0.5639564367884091F, 3.932712388889277F},
        {11.60249308247187F, -3.972853965665698F, -15.9423941062914F},
        {-41.70399613139459F, 17.43639888205313F, 44.35414519872813F},
        {77.162935699427F, -33.40235894210092F, -81.80730925738993F},
        {-71.31942824499214F, 32.62606426397723F, 73.20951985803202F},
        {25.13112622477341F, -12.24266895238567F, -23.07032500287172F}};
    const float at = std::clamp(t, 0.0F, 1.0F);
    std::array<std::uint8_t, 3> rgb{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
        float value = 0;
        for (int power = 6; power >= 0; --power) value = value * at + coefficients[power][channel];
        rgb[channel] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(value, 0.0F, 1.0F)));
    }
    return rgb;
}

}  // namespace imnet
