#include "preprocess/resample.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "codecs/orientation.h"
#include "kernels/each_target.h"
#include "kernels/resample_passes.h"

using namespace imnet;

namespace {

Image noise(int width, int height, unsigned seed) {
    std::mt19937 random(seed);
    Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
    for (std::uint8_t& byte : image.rgb) {
        // Many extremes, so that bicubic overshoots and is clipped.
        const auto value = random();
        byte = static_cast<std::uint8_t>(value % 3 == 0 ? 0 : value % 3 == 1 ? 255 : value >> 8);
    }
    return image;
}

/// Pillow's Resample.c for one sample, as plainly as it can be put.
int resample(int output, int input_size, int output_size, bool bicubic, const auto& input_at) {
    const double scale = static_cast<double>(static_cast<float>(input_size)) / output_size;
    const double stretch = scale < 1 ? 1 : scale;
    const double support = (bicubic ? 2.0 : 1.0) * stretch;
    const double center = (output + 0.5) * scale;
    int first = static_cast<int>(center - support + 0.5);
    if (first < 0) first = 0;
    int end = static_cast<int>(center + support + 0.5);
    if (end > input_size) end = input_size;
    std::vector<double> weights;
    double sum = 0;
    for (int i = first; i < end; ++i) {
        const double x = std::fabs((i - center + 0.5) * (1.0 / stretch));
        double weight = 0;
        if (!bicubic && x < 1) weight = 1 - x;
        if (bicubic && x < 1) weight = ((-0.5 + 2.0) * x - (-0.5 + 3.0)) * x * x + 1;
        if (bicubic && x >= 1 && x < 2) weight = (((x - 5) * x + 8) * x - 4) * -0.5;
        weights.push_back(weight);
        sum += weight;
    }
    int total = 1 << 21;
    for (int i = first; i < end; ++i) {
        const double weight = weights[i - first] / sum * (1 << 22);
        total += input_at(i) * static_cast<int>(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    return std::min(std::max(total >> 22, 0), 255);
}

Image resize_reference(const Image& image, int width, int height, bool bicubic) {
    Image across = image;
    if (width != image.width) {
        across = Image{width, image.height,
                       std::vector<std::uint8_t>(static_cast<std::size_t>(width) * image.height * 3)};
        for (int y = 0; y < image.height; ++y) {
            for (int x = 0; x < width * 3; ++x) {
                const auto input_at = [&](int i) { return image.row(y)[i * 3 + x % 3]; };
                across.row(y)[x] =
                    static_cast<std::uint8_t>(resample(x / 3, image.width, width, bicubic, input_at));
            }
        }
    }
    if (height == image.height) return across;
    Image out{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width * 3; ++x) {
            const auto input_at = [&](int i) { return across.row(i)[x]; };
            out.row(y)[x] = static_cast<std::uint8_t>(resample(y, image.height, height, bicubic, input_at));
        }
    }
    return out;
}

Image cut(const Image& image, const Window& window) {
    Image out{window.width, window.height, {}};
    for (int y = 0; y < window.height; ++y) {
        const std::uint8_t* row = image.row(static_cast<int>(window.top) + y) + window.left * 3;
        out.rgb.insert(out.rgb.end(), row, row + std::ptrdiff_t{3} * window.width);
    }
    return out;
}

}  // namespace

TEST_CASE("any window of any size has the bytes of Pillow's arithmetic") {
    std::mt19937 random(7);
    const auto up_to = [&](int most) { return 1 + static_cast<int>(random() % static_cast<unsigned>(most)); };
    for (unsigned round = 0; round < 150; ++round) {
        const Image image = noise(up_to(90), up_to(90), round);
        const int width = round % 10 == 0 ? image.width : up_to(120);
        const int height = round % 10 == 5 ? image.height : up_to(120);
        const bool bicubic = round % 2 == 0;
        Window window{0, 0, up_to(width), up_to(height)};
        window.left = static_cast<int>(random() % static_cast<unsigned>(width - window.width + 1));
        window.top = static_cast<int>(random() % static_cast<unsigned>(height - window.height + 1));
        CAPTURE(image.width);
        CAPTURE(image.height);
        CAPTURE(width);
        CAPTURE(height);
        CAPTURE(bicubic);
        const Image resized =
            resize(image, width, height, bicubic ? Interpolation::bicubic : Interpolation::bilinear, window);
        CHECK(resized.rgb == cut(resize_reference(image, width, height, bicubic), window).rgb);
    }
}

TEST_CASE("a nearest pixel is the one that holds the centre of the output's pixel") {
    const Image row{6, 1, {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5}};
    const auto reds = [&](int width, const Window& window) {
        const Image resized = resize(row, width, 1, Interpolation::nearest, window);
        std::vector<int> values;
        for (std::size_t i = 0; i < resized.rgb.size(); i += 3) values.push_back(resized.rgb[i]);
        return values;
    };
    CHECK(reds(3, {0, 0, 3, 1}) == std::vector{1, 3, 5});
    CHECK(reds(4, {0, 0, 4, 1}) == std::vector{0, 2, 3, 5});
    CHECK(reds(12, {3, 0, 5, 1}) == std::vector{1, 2, 2, 3, 3});
    CHECK(reds(6, {0, 0, 6, 1}) == std::vector{0, 1, 2, 3, 4, 5});
}

TEST_CASE("the passes of every instruction set give the bytes of the plain ones") {
    std::mt19937 random(11);
    const auto up_to = [&](int most) { return 1 + static_cast<int>(random() % static_cast<unsigned>(most)); };
    for (unsigned round = 0; round < 200; ++round) {
        const int input =
            round < 190 ? up_to(round < 100 ? 60 : 3000) : 20000;  // the last take over 4096 taps
        const int output = up_to(round < 190 ? 300 : 3);
        const int rows = up_to(50);  // from less than one vector to several
        const auto kind = round % 2 == 0 ? Interpolation::bicubic : Interpolation::bilinear;
        CAPTURE(input);
        CAPTURE(output);
        CAPTURE(rows);
        const Image image = noise(input, rows, round);
        const AxisWeights axis = axis_weights(input, output, 0, output, kind);

        std::vector<std::uint8_t> across(static_cast<std::size_t>(output) * rows * 3);
        plain_horizontal_pass(image.row(0), input, rows, axis, across.data());

        // The same numbers as [input, row_bytes], summed down.
        const std::size_t row_bytes = static_cast<std::size_t>(rows) * 3;
        const std::size_t last = static_cast<std::size_t>(output) - 1;
        const std::uint8_t* first = image.rgb.data() + static_cast<std::size_t>(axis.first[last]) * row_bytes;
        std::vector<std::uint8_t> down(row_bytes);
        plain_vertical_pass(first, row_bytes, row_bytes, axis.of(last), down.data());

        on_each_target([&] {
            std::vector<std::uint8_t> quick(across.size());
            horizontal_pass(image.row(0), input, rows, axis, quick.data());
            CHECK(quick == across);

            quick.assign(row_bytes, 0);
            vertical_pass(first, row_bytes, row_bytes, axis.of(last), quick.data());
            CHECK(quick == down);
        });
    }
}

TEST_CASE("the middle of a strip that grows past 2³¹ rows is cheap") {
    const int length = 20'000'000;
    const Image strip{1, length, std::vector<std::uint8_t>(std::size_t{length} * 3, 77)};
    const std::int64_t height = std::int64_t{232} * length;
    const Image middle =
        resize(strip, 232, height, Interpolation::bilinear, {4, (height - 224) / 2, 224, 224});
    CHECK(middle.rgb == std::vector<std::uint8_t>(224 * 224 * 3, 77));
}

TEST_CASE("the weights of one output add up to one") {
    for (const auto kind : {Interpolation::bilinear, Interpolation::bicubic}) {
        const AxisWeights axis = axis_weights(375, 232, 100, 30, kind);
        CHECK(axis.taps % 4 == 0);
        for (std::size_t i = 0; i < 30; ++i) {
            std::int64_t sum = 0;
            for (const std::int32_t weight : axis.of(i)) sum += weight;
            CHECK(std::abs(sum - (1 << weight_bits)) <= axis.count[i]);
        }
    }
}

TEST_CASE("resizing a turned picture gives the same as turning it first") {
    std::mt19937 random(5);
    const auto up_to = [&](int most) { return 1 + static_cast<int>(random() % static_cast<unsigned>(most)); };
    for (unsigned round = 0; round < 320; ++round) {
        const int orientation = 1 + static_cast<int>(round % 8);
        const Image image = noise(up_to(90), up_to(90), round);
        const Image upright = orient(image, orientation);
        const int width = round % 9 == 0 ? upright.width : up_to(120);
        const int height = round % 9 == 4 ? upright.height : up_to(120);
        constexpr std::array kinds = {Interpolation::nearest, Interpolation::bilinear,
                                      Interpolation::bicubic};
        const auto kind = kinds[round / 8 % kinds.size()];
        Window window{0, 0, up_to(width), up_to(height)};
        window.left = static_cast<int>(random() % static_cast<unsigned>(width - window.width + 1));
        window.top = static_cast<int>(random() % static_cast<unsigned>(height - window.height + 1));
        CAPTURE(image.width);
        CAPTURE(image.height);
        CAPTURE(width);
        CAPTURE(height);
        CAPTURE(orientation);
        const Image turned = resize(image, width, height, kind, window, {.orientation = orientation});
        const Image expected = resize(upright, width, height, kind, window);
        CHECK(turned.width == window.width);
        CHECK(turned.height == window.height);
        CHECK(turned.rgb == expected.rgb);
    }
}
