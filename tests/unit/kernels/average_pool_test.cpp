#include "kernels/average_pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/each_target.h"
#include "kernels/kernel_values.h"

namespace {

using namespace imnet;
using test::halves;
using test::ImageCase;
using test::random_values;

/// Calls `value(image, y, x, channel)` with the first row and column of each window, in the order of the
/// output.
template <typename Value>
std::vector<double> for_each_output(const ImageCase& shape, const PoolWindow& window, const Value& value) {
    std::vector<double> out;
    for (int image = 0; image < shape.count; ++image) {
        for (int y = 0; y < window.rows; ++y) {
            for (int x = 0; x < window.columns; ++x) {
                for (int c = 0; c < shape.channels; ++c) {
                    out.push_back(value(image, y * window.stride - window.padding,
                                        x * window.stride - window.padding, c));
                }
            }
        }
    }
    return out;
}

std::vector<double> averages(const std::vector<float>& source, const ImageCase& shape,
                             const PoolWindow& window) {
    return for_each_output(shape, window, [&](int image, int y, int x, int c) {
        double sum = 0;
        int count = 0;
        for (int row = y; row < y + window.kernel; ++row) {
            for (int column = x; column < x + window.kernel; ++column) {
                if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) continue;
                sum += source[shape.index(image, row, column, c)];
                ++count;
            }
        }
        return sum / count;
    });
}

std::vector<double> blurred(const std::vector<float>& source, const ImageCase& shape,
                            const PoolWindow& window) {
    const auto reflect = [](int at, int size) {
        if (at < 0) return -at;
        return at < size ? at : 2 * size - 2 - at;
    };
    constexpr double filter[] = {0.25, 0.5, 0.25};
    return for_each_output(shape, window, [&](int image, int y, int x, int c) {
        double sum = 0;
        for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j) {
                const int row = reflect(y + i, shape.height), column = reflect(x + j, shape.width);
                sum += filter[i] * filter[j] * source[shape.index(image, row, column, c)];
            }
        }
        return sum;
    });
}

void check_near(const std::vector<float>& got, const std::vector<double>& expected) {
    double largest = 0;
    for (std::size_t i = 0; i < got.size(); ++i) largest = std::max(largest, std::abs(got[i] - expected[i]));
    CHECK(largest < 1e-6);
}

/// Half of the last place of a bfloat16.
void check_rounded(const std::vector<std::uint16_t>& got, const std::vector<double>& expected) {
    bool near = true;
    for (std::size_t i = 0; i < got.size(); ++i) {
        near = near &&
               std::abs(test::floats({got[i]})[0] - expected[i]) <= std::abs(expected[i]) * 0x1p-8 + 1e-6;
    }
    CHECK(near);
}

TEST_CASE("an average pool counts only pixels of the image") {
    for (const int channels : {1, 8, 33, 64}) {
        for (const PoolWindow& window : {PoolWindow{2, 2, 0, 4, 3}, PoolWindow{2, 2, 0, 3, 3},
                                         PoolWindow{3, 2, 1, 4, 3}, PoolWindow{2, 1, 0, 6, 5}}) {
            const ImageCase shape{2, 7, 6, channels};
            CAPTURE(channels);
            CAPTURE(window.rows);
            const std::vector<float> source = random_values(shape.elements());
            const std::vector<double> expected = averages(source, shape, window);
            on_each_target([&] {
                std::vector<float> got(expected.size());
                average_pool(source.data(), shape.images(), channels, window, got.data());
                check_near(got, expected);
                std::vector<std::uint16_t> in_halves(expected.size());
                average_pool(halves(source).data(), shape.images(), channels, window, in_halves.data());
                check_rounded(in_halves, expected);
            });
        }
    }
}

TEST_CASE("a blur weighs with [1 2 1] along both axes, and reflects at the edges") {
    for (const ImageCase& shape :
         {ImageCase{1, 2, 2, 16}, ImageCase{2, 7, 6, 8}, ImageCase{1, 8, 5, 33}, ImageCase{3, 4, 4, 64}}) {
        const PoolWindow window{3, 2, 1, (shape.height - 1) / 2 + 1, (shape.width - 1) / 2 + 1};
        CAPTURE(shape.channels);
        const std::vector<float> source = random_values(shape.elements());
        const std::vector<double> expected = blurred(source, shape, window);
        on_each_target([&] {
            std::vector<float> got(expected.size());
            blur_pool(source.data(), shape.images(), shape.channels, window, got.data());
            check_near(got, expected);
            std::vector<std::uint16_t> in_halves(expected.size());
            blur_pool(halves(source).data(), shape.images(), shape.channels, window, in_halves.data());
            check_rounded(in_halves, expected);
        });
    }
}

TEST_CASE("parts of a pool together are the whole") {
    const ImageCase shape{2, 9, 8, 16};
    const PoolWindow window{3, 2, 1, 5, 4};
    const std::vector<float> source = random_values(shape.elements());
    std::vector<float> average(2 * 5 * 4 * 16), blur(average.size());
    average_pool(source.data(), shape.images(), 16, window, average.data());
    blur_pool(source.data(), shape.images(), 16, window, blur.data());
    for (const int parts : {2, 3, 11}) {
        std::vector<float> average_parts(average.size()), blur_parts(blur.size());
        for (int part = parts - 1; part >= 0; --part) {
            average_pool(source.data(), shape.images(), 16, window, average_parts.data(), part, parts);
            blur_pool(source.data(), shape.images(), 16, window, blur_parts.data(), part, parts);
        }
        CHECK(average_parts == average);
        CHECK(blur_parts == blur);
    }
}

}  // namespace
