#include "kernels/max_pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "kernels/each_target.h"

using namespace imnet;

namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

float widen(std::uint16_t x) { return std::bit_cast<float>(static_cast<std::uint32_t>(x) << 16); }

/// The bfloat16 nearest to x, by comparing the two beside it.
std::uint16_t nearest_bfloat(float x) {
    const auto down = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x) >> 16);
    if (std::isnan(x)) return 0x7FC0;
    if (widen(down) == x) return down;
    const auto up = static_cast<std::uint16_t>(down + 1);  // away from zero
    const double below = std::fabs(static_cast<double>(x) - widen(down));
    const double above = std::fabs(widen(up) - static_cast<double>(x));
    if (below == above) return down % 2 == 0 ? down : up;
    return below < above ? down : up;
}

/// Numbers that bfloat16 holds too, one in `odd` of them not finite.
std::vector<float> numbers(std::size_t count, unsigned odd, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(-0.5F);
    std::vector<float> values(count);
    for (float& value : values) {
        value = widen(nearest_bfloat(normal(random)));
        if (random() % odd == 0) value = std::array{nan, -nan, infinity, -infinity}[random() % 4];
    }
    return values;
}

std::vector<std::uint16_t> narrow(const std::vector<float>& values) {
    std::vector<std::uint16_t> narrowed(values.size());
    std::transform(values.begin(), values.end(), narrowed.begin(), nearest_bfloat);
    return narrowed;
}

/// A stem's pool: 3×3, stride 2, padding 1.
PoolWindow stem_window(NhwcImages images) {
    return {3, 2, 1, (images.height - 1) / 2 + 1, (images.width - 1) / 2 + 1};
}

/// Slow and obvious.
std::vector<float> reference(const std::vector<float>& source, NhwcImages images, int channels,
                             const PoolWindow& window, MaxPoolPadding padding,
                             const MaxPoolEpilogue& epilogue) {
    std::vector<float> out;
    const auto value_at = [&](int image, int row, int column, int c) {
        if (row < 0 || row >= images.height || column < 0 || column >= images.width)
            return padding == MaxPoolPadding::zeros ? 0.0F : -infinity;
        const std::ptrdiff_t pixel =
            (static_cast<std::ptrdiff_t>(image) * images.height + row) * images.width + column;
        return source[pixel * channels + c];
    };
    const auto pooled_at = [&](int image, int y, int x, int c) {
        float most = -infinity;
        for (int row = y; row < y + window.kernel; ++row) {
            for (int column = x; column < x + window.kernel; ++column) {
                const float value = value_at(image, row, column, c);
                if (std::isnan(value)) return nan;
                most = std::max(most, value);
            }
        }
        return most;
    };
    for (int image = 0; image < images.count; ++image) {
        for (int y = 0; y < window.rows; ++y) {
            for (int x = 0; x < window.columns; ++x) {
                for (int c = 0; c < channels; ++c) {
                    float most = pooled_at(image, y * window.stride - window.padding,
                                           x * window.stride - window.padding, c);
                    if (!epilogue.scale.empty()) {
                        const float product = most * epilogue.scale[c];
                        most = product + epilogue.shift[c];
                    }
                    if (epilogue.relu && most < 0) most = 0;
                    out.push_back(most);
                }
            }
        }
    }
    return out;
}

bool same(const std::vector<float>& x, const std::vector<float>& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                      [](float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); });
}

struct Epilogues {
    std::vector<float> scale;
    std::vector<float> shift;
    std::vector<MaxPoolEpilogue> all;

    explicit Epilogues(int channels) {
        for (int c = 0; c < channels; ++c) {
            scale.push_back(static_cast<float>(c % 5) * 0.37F - 0.6F);
            shift.push_back(static_cast<float>(c % 7) * 0.21F - 0.5F);
        }
        all = {{{}, {}, false}, {{}, {}, true}, {scale, shift, false}, {scale, shift, true}};
    }
};

}  // namespace

TEST_CASE("max_pool takes the greatest of each window at every size of image") {
    for (int height = 1; height <= 17; ++height) {
        for (int width = 1; width <= 17; ++width) {
            const NhwcImages images{(height + width) % 3 + 1, height, width};
            const int channels = std::array{1, 5, 8, 40, 71}[(height * 3 + width) % 5];
            const auto padding = width % 4 == 1 ? MaxPoolPadding::zeros : MaxPoolPadding::lowest;
            const PoolWindow window = stem_window(images);
            CAPTURE(height);
            CAPTURE(width);
            CAPTURE(channels);
            const auto source =
                numbers(static_cast<std::size_t>(images.count) * height * width * channels, 50, 1);
            for (const MaxPoolEpilogue& epilogue : Epilogues(channels).all) {
                CAPTURE(epilogue.relu);
                CAPTURE(epilogue.scale.size());
                const std::vector<float> expected =
                    reference(source, images, channels, window, padding, epilogue);
                on_each_target([&] {
                    std::vector<float> computed(expected.size(), -1);
                    max_pool(source, images, channels, window, padding, computed, epilogue);
                    CHECK(same(computed, expected));

                    std::vector<std::uint16_t> computed_bfloat(expected.size(), 1);
                    max_pool(narrow(source), images, channels, window, padding, computed_bfloat, epilogue);
                    CHECK(computed_bfloat == narrow(expected));
                });
            }
        }
    }
}

TEST_CASE("max_pool has other windows of up to 3×3, and windows that reach beyond the end") {
    const NhwcImages images{2, 7, 6};
    const auto source = numbers(2 * 7 * 6 * 24, 50, 3);
    for (const PoolWindow& window : {PoolWindow{1, 2, 0, 4, 3}, PoolWindow{2, 2, 0, 4, 3},
                                     PoolWindow{3, 1, 1, 7, 6}, PoolWindow{3, 2, 0, 3, 3}}) {
        for (const auto padding : {MaxPoolPadding::lowest, MaxPoolPadding::zeros}) {
            CAPTURE(window.kernel);
            CAPTURE(window.stride);
            const std::vector<float> expected = reference(source, images, 24, window, padding, {});
            std::vector<float> computed(expected.size(), -1);
            max_pool(source, images, 24, window, padding, computed);
            CHECK(same(computed, expected));
        }
    }
}

TEST_CASE("Parts of a max_pool together are the whole") {
    const NhwcImages images{2, 9, 6};
    const PoolWindow window = stem_window(images);
    const auto source = numbers(2 * 9 * 6 * 16, 50, 2);
    const std::vector<float> expected = reference(source, images, 16, window, MaxPoolPadding::lowest, {});
    for (const int parts : {2, 3, 10, 17}) {
        std::vector<float> computed(expected.size(), -1);
        for (int part = parts - 1; part >= 0; --part)
            max_pool(source, images, 16, window, MaxPoolPadding::lowest, computed, {}, part, parts);
        CHECK(same(computed, expected));
    }
}
