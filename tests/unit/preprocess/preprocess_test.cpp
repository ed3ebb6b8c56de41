#include "preprocess/preprocess.h"

#include <doctest/doctest.h>

#include <bit>
#include <utility>
#include <vector>

#include "base/bfloat16.h"
#include "codecs/orientation.h"
#include "gradient_image.h"

using namespace imnet;
using test::gradient;

namespace {

/// Resizing to its own short side leaves a picture as it is; mean 0 and deviation 1/255 leave bytes.
Preprocessing only_crop(int short_side, int crop) {
    return {short_side, crop, Interpolation::bilinear, {0, 0, 0}, {1 / 255.0F, 1 / 255.0F, 1 / 255.0F}};
}

template <typename Element = float>
std::vector<Element> preprocessed(const Image& image, const Preprocessing& preprocessing,
                                  PixelFormat format = PixelFormat::planar_float32) {
    REQUIRE(preprocessed_bytes(preprocessing, format) % sizeof(Element) == 0);
    std::vector<Element> out(preprocessed_bytes(preprocessing, format) / sizeof(Element), Element(-1));
    preprocess(image, preprocessing, format, std::as_writable_bytes(std::span(out)));
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

TEST_CASE("a byte is normalised by its channel") {
    const ByteValues<float> values = normalized_bytes({0, 0.5F, 0.25F}, {1, 0.5F, 2});
    CHECK(values[0][255] == 1);
    CHECK(values[1][0] == -1);
    CHECK(values[1][255] == 1);
    CHECK(values[2][51] == (51 / 255.0F - 0.25F) / 2);
}

TEST_CASE("the crop is centred, and a half is rounded to the even neighbour") {
    struct {
        int width;
        float first_column;
    } cases[] = {{10, 0}, {11, 0}, {12, 1}, {13, 2}, {14, 2}, {15, 2}, {16, 3}, {17, 4}};
    for (const auto& centred : cases) {
        CAPTURE(centred.width);
        const auto& [width, first_column] = centred;
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
    const Preprocessing preprocessing{2, 4};
    const std::vector<float> out = preprocessed(gradient(2, 2), preprocessing);
    CHECK(out[0] == (0.0F - 0.485F) / 0.229F);
}

TEST_CASE("strips of one pixel can be preprocessed") {
    const Image column{1, 4000, std::vector<std::uint8_t>(4000 * 3, 9)};
    const Image row{4000, 1, std::vector<std::uint8_t>(4000 * 3, 9)};
    CHECK(preprocessed(column, {}) == preprocessed(row, {}));
}

TEST_CASE("interleaved is planar with the channels last, and bfloat16 is its nearest") {
    struct {
        int width, height, resize, crop;
    } cases[] = {{500, 375, 232, 224}, {31, 97, 40, 33}, {9, 7, 20, 32}, {90, 60, 24, 31}};
    for (const auto& sizes : cases) {
        CAPTURE(sizes.width);
        CAPTURE(sizes.crop);
        const auto& [width, height, resize, crop] = sizes;
        const Image image = gradient(width, height);
        Preprocessing preprocessing;
        preprocessing.short_side = resize;
        preprocessing.image_size = crop;
        const auto planar = preprocessed(image, preprocessing);
        const auto interleaved = preprocessed(image, preprocessing, PixelFormat::interleaved_float32);
        const auto bfloat16 =
            preprocessed<std::uint16_t>(image, preprocessing, PixelFormat::interleaved_bfloat16);
        REQUIRE(interleaved.size() == planar.size());
        REQUIRE(bfloat16.size() == planar.size());
        const std::size_t plane = planar.size() / 3;
        std::size_t different = 0;
        for (std::size_t i = 0; i < planar.size(); ++i) {
            const float value = planar[i % 3 * plane + i / 3];
            if (std::bit_cast<std::uint32_t>(value) != std::bit_cast<std::uint32_t>(interleaved[i]))
                ++different;
            if (to_bfloat16(value) != bfloat16[i]) ++different;
        }
        CHECK(different == 0);
    }
}

TEST_CASE("a preprocessor gives the same for each of many pictures as for one") {
    const Preprocessor preprocessor({}, PixelFormat::planar_float32);
    for (const int width : {300, 240, 100}) {
        const Image image = gradient(width, 250);
        std::vector<float> out(preprocessor.bytes() / sizeof(float));
        preprocessor.preprocess(image, std::as_writable_bytes(std::span(out)));
        CHECK(out == preprocessed(image, {}));
    }
}

TEST_CASE("a stored picture and its orientation give what the upright picture gives") {
    for (const auto interpolation : {Interpolation::box, Interpolation::bilinear, Interpolation::hamming,
                                     Interpolation::bicubic, Interpolation::lanczos}) {
        const auto crop_mode = interpolation == Interpolation::hamming ? CropMode::border : CropMode::center;
        const Preprocessor preprocessor({.interpolation = interpolation, .crop_mode = crop_mode},
                                        PixelFormat::interleaved_bfloat16);
        for (const auto& size : {std::pair{300, 241}, {200, 500}, {600, 232}, {90, 70}, {1, 40}}) {
            const auto& [width, height] = size;
            const Image stored = gradient(width, height);
            for (int orientation = 1; orientation <= 8; ++orientation) {
                CAPTURE(size.first);
                CAPTURE(orientation);
                std::vector<std::byte> upright(preprocessor.bytes());
                preprocessor.preprocess(orient(stored, orientation), upright);
                std::vector<std::byte> turned(preprocessor.bytes());
                preprocessor.preprocess(DecodedImage{stored, orientation}, turned);
                CHECK(turned == upright);

                const auto [first, end] = preprocessor.columns_needed(width, height, orientation);
                DecodedImage part{{end - first, height, {}}, orientation, first, width - end};
                for (int y = 0; y < height; ++y) {
                    const std::uint8_t* row = stored.row(y);
                    part.image.rgb.insert(part.image.rgb.end(), row + first * 3, row + end * 3);
                }
                preprocessor.preprocess(part, turned);
                CHECK(turned == upright);
            }
        }
    }
}

TEST_CASE("the columns needed are those of the crop, and of what the resize looks at beside it") {
    const Preprocessor preprocessor({}, PixelFormat::planar_float32);
    // 309 × 232, of which column 42 is the first: its centre, 42.5 · 4000/309 = 550.2, less one step, 12.9.
    const auto wide = preprocessor.columns_needed(4000, 3000, 1);
    CHECK(wide.first == 537);
    CHECK(wide.end == 3450);  // 265.5 · 4000/309 = 3436.9, and one step
    CHECK(preprocessor.columns_needed(4000, 3000, 6).first == wide.first);
    CHECK(preprocessor.columns_needed(3000, 4000, 1).first == 45);  // 4.5 · 3000/232 = 58.2 less 12.9
    CHECK(preprocessor.columns_needed(100, 100, 1).first == 1);     // 4.5 · 100/232 = 1.9 less 1
    CHECK(Preprocessor({.short_side = 100}, PixelFormat::planar_float32).columns_needed(70, 50, 1).end == 70);
}

TEST_CASE("the region of a crop is the square in the middle") {
    const Preprocessing preprocessing{.short_side = 256, .image_size = 224};
    const auto check = [&](int width, int height, const Region& expected) {
        const Region region = crop_region(preprocessing, width, height);
        CHECK(region.left == doctest::Approx(expected.left));
        CHECK(region.top == doctest::Approx(expected.top));
        CHECK(region.width == doctest::Approx(expected.width));
        CHECK(region.height == doctest::Approx(expected.height));
    };
    check(256, 256, {16 / 256.0, 16 / 256.0, 0.875, 0.875});
    check(1024, 512, {144 / 512.0, 16 / 256.0, 224 / 512.0, 0.875});  // landscape
    check(512, 1024, {16 / 256.0, 144 / 512.0, 0.875, 224 / 512.0});  // portrait
}

TEST_CASE("a picture that is squashed is seen whole") {
    const Region region =
        crop_region({.short_side = 224, .image_size = 224, .crop_mode = CropMode::squash}, 300, 200);
    CHECK(region.left == 0);
    CHECK(region.width == 1);
    CHECK(region.top == 0);
    CHECK(region.height == 1);
}

TEST_CASE("a picture with a border keeps its proportions, and mean colour is around it") {
    Preprocessing preprocessing = only_crop(6, 6);
    preprocessing.crop_mode = CropMode::border;
    preprocessing.mean = {0, 1, 0};
    preprocessing.std = {1, 1, 1};
    const std::vector<float> out = preprocessed(Image{12, 4, std::vector<std::uint8_t>(12 * 4 * 3, 51)},
                                                preprocessing);  // 6×2
    const float* green = out.data() + 36;
    for (int y = 0; y < 6; ++y) CHECK(green[y * 6] == doctest::Approx(y == 2 || y == 3 ? 0.2 - 1 : 0));
}

TEST_CASE("the side that is resized decides how small a draft may be") {
    const Preprocessor center({.short_side = 224}, PixelFormat::planar_float32);
    const Preprocessor border({.short_side = 224, .crop_mode = CropMode::border},
                              PixelFormat::planar_float32);
    CHECK(center.draft_scale(4000, 1000, 448) == 2);
    CHECK(border.draft_scale(4000, 1000, 448) == 8);
    CHECK(border.draft_scale(1000, 4000, 448) == 8);
    CHECK(border.draft_scale(4000, 1000, 0) == 1);
}

TEST_CASE("the region of a crop that pads reaches beyond the picture") {
    const Region region =
        crop_region({.short_side = 100, .image_size = 200}, 300, 200);  // 150×100 in 200×200
    CHECK(region.left == doctest::Approx(-25 / 150.0));
    CHECK(region.width == doctest::Approx(200 / 150.0));
    CHECK(region.top == doctest::Approx(-0.5));
    CHECK(region.height == doctest::Approx(2));
}
