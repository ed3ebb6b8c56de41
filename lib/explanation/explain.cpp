#include "explanation/explain.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "explanation/draw_heat.h"
#include "preprocess/preprocess.h"
#include "preprocess/read_picture.h"
#include "preprocess/resample.h"

namespace imnet {
namespace {

constexpr int longest_side = 1024;

// Larger drawings show nothing more.
Image shown(const Image& picture) {
    const double scale =
        std::min(1.0, static_cast<double>(longest_side) / std::max(picture.width, picture.height));
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    const int width = scaled(picture.width), height = scaled(picture.height);
    return resize(picture, width, height, Interpolation::bilinear, {0, 0, width, height});
}

}  // namespace

Expected<ExplainedPicture> explain(Input input, const ExplainOptions& options, const FindHeat& find_heat) {
    // read → decode → orient
    const auto picture = read_picture(input, options.limits);
    if (!picture) return tl::unexpected(picture.error());
    // preprocess
    const Preprocessor preprocessor(options.preprocessing, options.pixel_format);
    std::vector<std::byte> pixels(preprocessor.bytes());
    preprocessor.preprocess(*picture, pixels);
    // explain
    ClassHeat heat = find_heat(pixels);
    // draw
    const Region crop = crop_region(options.preprocessing, picture->width, picture->height);
    Image drawing = draw_heat(shown(*picture), crop, heat.heat);
    return ExplainedPicture{{std::move(input.path), std::move(heat), picture->width, picture->height, crop},
                            std::move(drawing)};
}

}  // namespace imnet
