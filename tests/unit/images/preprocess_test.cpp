#include "images/preprocess.h"

#include <doctest/doctest.h>

#include <vector>

using namespace imnet;

namespace {

/// A picture whose red is the column, green the row, and blue 255.
Image gradient(int width, int height) {
    Image image{width, height, {}};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.rgb.insert(image.rgb.end(),
                             {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 255});
        }
    }
    return image;
}

/// Resizing to its own short side leaves a picture as it is; mean 0 and deviation 1/255 leave bytes.
Preprocessing only_crop(int short_side, int crop) {
    return {short_side, crop, Interpolation::bilinear, {0, 0, 0}, {1 / 255.0F, 1 / 255.0F, 1 / 255.0F}};
}

std::vector<float> preprocessed(const Image& image, const Preprocessing& recipe) {
    std::vector<float> out(preprocessed_size(recipe), -1.0F);
    preprocess(image, recipe, out);
    return out;
}

}  // namespace

TEST_CASE("the result is [3, crop, crop], normalised in PyTorch's order of operations") {
    const Preprocessing v2;
    const Image grey{8, 8, std::vector<std::uint8_t>(8 * 8 * 3, 100)};
    const std::vector<float> out = preprocessed(grey, v2);
    REQUIRE(out.size() == 3 * 224 * 224);
    CHECK(out.front() == (100 / 255.0F - 0.485F) / 0.229F);
    CHECK(out[224 * 224] == (100 / 255.0F - 0.456F) / 0.224F);
    CHECK(out.back() == (100 / 255.0F - 0.406F) / 0.225F);
}

TEST_CASE("the crop is centred, and a half is rounded to the even neighbour") {
    struct {
        int width;
        float first_column;
    } cases[] = {{10, 0}, {11, 0}, {12, 1}, {13, 2}, {14, 2}, {15, 2}, {16, 3}, {17, 4}};
    for (const auto& [width, first_column] : cases) {
        CAPTURE(width);
        const std::vector<float> out = preprocessed(gradient(width, 10), only_crop(10, 10));
        CHECK(out[0] == doctest::Approx(first_column));
        CHECK(out[9] == doctest::Approx(first_column + 9));
        CHECK(out[100] == doctest::Approx(0));  // green: the rows all fit
    }
}

TEST_CASE("a picture smaller than the crop is padded with black, the odd pixel right and below") {
    const std::vector<float> out = preprocessed(gradient(4, 4), only_crop(4, 7));
    const float* blue = out.data() + 2 * 49;
    for (int y = 0; y < 7; ++y) {
        for (int x = 0; x < 7; ++x) {
            CAPTURE(x);
            CAPTURE(y);
            const bool inside = x >= 1 && x < 5 && y >= 1 && y < 5;
            CHECK(blue[y * 7 + x] == doctest::Approx(inside ? 255 : 0));
        }
    }
}

TEST_CASE("padding is normalised as a black pixel is") {
    const Preprocessing recipe{2, 4};
    const std::vector<float> out = preprocessed(gradient(2, 2), recipe);
    CHECK(out[0] == (0.0F - 0.485F) / 0.229F);
}

TEST_CASE("strips of one pixel are served") {
    const Image column{1, 4000, std::vector<std::uint8_t>(4000 * 3, 9)};
    const Image row{4000, 1, std::vector<std::uint8_t>(4000 * 3, 9)};
    CHECK(preprocessed(column, {}) == preprocessed(row, {}));
}
