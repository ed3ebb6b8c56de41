#include "explanation/explain.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "codecs/decode.h"
#include "codecs/orientation.h"
#include "explanation/draw_heat.h"
#include "inputs/read_file.h"
#include "preprocess/preprocess.h"
#include "preprocess/resample.h"

namespace imnet {
namespace {

constexpr int longest_side = 1024;

struct Size {
    int width;
    int height;
};

Size upright_size(const DecodedImage& picture) {
    const Image& image = picture.image;
    return turn_of(picture.orientation).swap_axes ? Size{image.height, image.width}
                                                  : Size{image.width, image.height};
}

// Upright, and no larger than is looked at.
Image shown(const DecodedImage& picture, const Size& upright) {
    const double scale =
        std::min(1.0, static_cast<double>(longest_side) / std::max(upright.width, upright.height));
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(std::lround(side * scale))); };
    const Size size{scaled(upright.width), scaled(upright.height)};
    return resize(picture.image, size.width, size.height, Interpolation::bilinear,
                  {0, 0, size.width, size.height}, {.orientation = picture.orientation});
}

}  // namespace

Expected<ExplainedPicture> explain(Input input, const ExplainOptions& options, const FindHeat& find_heat) {
    const auto bytes = read_file(input);
    if (!bytes) return tl::unexpected(bytes.error());
    const auto picture = decode(*bytes, options.limits);
    if (!picture) return tl::unexpected(picture.error());

    const Preprocessor preprocessor(options.preprocessing, options.pixel_format);
    std::vector<std::byte> pixels(preprocessor.bytes());
    preprocessor.preprocess(*picture, pixels);
    ClassHeat heat = find_heat(pixels);

    const Size size = upright_size(*picture);
    const Region crop = crop_region(options.preprocessing, size.width, size.height);
    Image drawing = draw_heat(shown(*picture, size), crop, heat.heat);
    return ExplainedPicture{{std::move(input.path), std::move(heat), size.width, size.height, crop},
                            std::move(drawing)};
}

}  // namespace imnet
