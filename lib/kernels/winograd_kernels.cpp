// The loops of winograd_kernels.h. F(2×2, 3×3) interpolates at 0, ±1, ∞ and F(4×4, 3×3) at 0, ±a, ±b, ∞.
#include "kernels/winograd_kernels.h"

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/winograd_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

using Floats = hn::ScalableTag<float>;
using Vector = hn::Vec<Floats>;
constexpr int lanes = hn::MaxLanes(Floats());
constexpr int panel = 2 * lanes;

// Tiles that `multiply` takes at once: twice as many sums, two weights and an input are in registers, of
// which AVX-512 and NEON have 32 and the others 16.
constexpr int most_rows = HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON ? 12 : 6;

HWY_INLINE Vector load(const float* from) { return hn::LoadU(Floats(), from); }
HWY_INLINE void store(float* to, Vector value) { hn::StoreU(value, Floats(), to); }
HWY_INLINE Vector all(double value) { return hn::Set(Floats(), static_cast<float>(value)); }

template <int rows>
void multiply_rows(const float* inputs, std::size_t input_stride, const float* weights, int channels,
                   float* products, std::size_t product_stride, const float* next, std::size_t next_step) {
    Vector sums[rows][2];
    HWY_UNROLL(16)
    for (int row = 0; row < rows; ++row) sums[row][0] = sums[row][1] = hn::Zero(Floats());
    HWY_UNROLL(2)
    for (int c = 0; c < channels; ++c) {
        const Vector left = load(weights);
        const Vector right = load(weights + lanes);
        __builtin_prefetch(next, 0, 2);
        HWY_UNROLL(16)
        for (int row = 0; row < rows; ++row) {
            const Vector input = all(inputs[row * input_stride + c]);
            sums[row][0] = hn::MulAdd(input, left, sums[row][0]);
            sums[row][1] = hn::MulAdd(input, right, sums[row][1]);
        }
        weights += panel;
        next += next_step;
    }
    HWY_UNROLL(16)
    for (int row = 0; row < rows; ++row) {
        store(products + row * product_stride, sums[row][0]);
        store(products + row * product_stride + lanes, sums[row][1]);
    }
}

/// 1 ≤ count ≤ most tiles.
template <int most>
void multiply_some(int count, const float* inputs, std::size_t input_stride, const float* weights,
                   int channels, float* products, std::size_t product_stride, const float* next,
                   std::size_t next_step) {
    if constexpr (most > 1) {
        if (count < most) {
            return multiply_some<most - 1>(count, inputs, input_stride, weights, channels, products,
                                           product_stride, next, next_step);
        }
    }
    multiply_rows<most>(inputs, input_stride, weights, channels, products, product_stride, next, next_step);
}

/// Tiles are shared out evenly: a few more sums than FMA units times their latency keep them busy.
void multiply(const float* inputs, std::size_t input_stride, int tiles, const float* weights, int channels,
              float* products, std::size_t product_stride, const float* next) {
    const int blocks = (tiles + most_rows - 1) / most_rows;
    const std::size_t next_step = static_cast<std::size_t>((panel + blocks - 1) / blocks);
    for (int block = 0, first = 0; block < blocks; ++block) {
        const int count = (tiles - first) / (blocks - block);
        multiply_some<most_rows>(count, inputs + first * input_stride, input_stride, weights, channels,
                                 products + first * product_stride, product_stride,
                                 next + block * next_step * channels, next_step);
        first += count;
    }
}

/// F(2×2, 3×3): one axis of each transform.
struct TwoByTwo {
    static constexpr int outputs = 2;
    static constexpr double filter[4][3] = {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};

    HWY_INLINE static void input(const Vector* d, Vector* v) {
        v[0] = d[0] - d[2];
        v[1] = d[2] + d[1];
        v[2] = d[2] - d[1];
        v[3] = d[3] - d[1];
    }
    HWY_INLINE static void output(const Vector* p, Vector* y) {
        y[0] = p[0] + (p[1] + p[2]);
        y[1] = (p[1] - p[2]) + p[3];
    }
};

/// F(4×4, 3×3): one axis of each transform.
struct FourByFour {
    static constexpr int outputs = 4;
    // Of the pairs tried these give the smallest error, under half of that of the usual 1 and 2; their
    // powers are exact in float.
    static constexpr double a = 0.6875;
    static constexpr double b = 1.5;
    static constexpr double at_a = 1 / (2 * a * a * (a * a - b * b));
    static constexpr double at_b = 1 / (2 * b * b * (b * b - a * a));
    static constexpr double filter[6][3] = {{1 / (a * a * b * b), 0, 0},  {at_a, a* at_a, a* a* at_a},
                                            {at_a, -a* at_a, a* a* at_a}, {at_b, b* at_b, b* b* at_b},
                                            {at_b, -b* at_b, b* b* at_b}, {0, 0, 1}};

    HWY_INLINE static Vector times(double factor, Vector x, Vector plus) {
        return hn::MulAdd(all(factor), x, plus);
    }
    HWY_INLINE static void input(const Vector* d, Vector* v) {
        constexpr double product = a * a * b * b;
        constexpr double sum = a * a + b * b;
        const Vector even_a = times(-b * b, d[2], d[4]);
        const Vector odd_a = times(-b * b, d[1], d[3]);
        const Vector even_b = times(-a * a, d[2], d[4]);
        const Vector odd_b = times(-a * a, d[1], d[3]);
        v[0] = times(product, d[0], times(-sum, d[2], d[4]));
        v[1] = times(a, odd_a, even_a);
        v[2] = times(-a, odd_a, even_a);
        v[3] = times(b, odd_b, even_b);
        v[4] = times(-b, odd_b, even_b);
        v[5] = times(product, d[1], times(-sum, d[3], d[5]));
    }
    HWY_INLINE static void output(const Vector* p, Vector* y) {
        const Vector even_a = p[1] + p[2];
        const Vector odd_a = p[1] - p[2];
        const Vector even_b = p[3] + p[4];
        const Vector odd_b = p[3] - p[4];
        y[0] = (p[0] + even_a) + even_b;
        y[1] = times(b, odd_b, all(a) * odd_a);
        y[2] = times(b * b, even_b, all(a * a) * even_a);
        y[3] = times(b * b * b, odd_b, times(a * a * a, odd_a, p[5]));
    }
};

/// The transforms of whole tiles: one axis, then the other.
template <class Tile>
struct Transforms {
    static constexpr int m = Tile::outputs;
    static constexpr int a = m + 2;
    static constexpr int line = 16;  // floats in a cache line

    /// The pixels that the tile to the right has and this one has not. A pixel outside of the image
    /// leads to an address that is never read.
    HWY_INLINE static void fetch_next(const float* const* pixels, int channels, int c) {
        HWY_UNROLL(8)
        for (int row = 0; row < a; ++row) {
            HWY_UNROLL(8)
            for (int column = 2; column < a; ++column) {
                __builtin_prefetch(pixels[row * a + column] + m * channels + c, 0, 3);
            }
        }
    }

    static void input(const float* const* pixels, int channels, float* inputs, std::size_t position_stride) {
        for (int c = 0; c < channels; c += lanes) {
            Vector half[a][a];  // [column][row]
            if (c % line == 0) fetch_next(pixels, channels, c);
            HWY_UNROLL(8)
            for (int column = 0; column < a; ++column) {
                Vector d[a];
                HWY_UNROLL(8)
                for (int row = 0; row < a; ++row) d[row] = load(pixels[row * a + column] + c);
                Tile::input(d, half[column]);
            }
            HWY_UNROLL(8)
            for (int row = 0; row < a; ++row) {
                Vector d[a];
                Vector v[a];
                HWY_UNROLL(8)
                for (int column = 0; column < a; ++column) d[column] = half[column][row];
                Tile::input(d, v);
                HWY_UNROLL(8)
                for (int column = 0; column < a; ++column) {
                    store(inputs + (row * a + column) * position_stride + c, v[column]);
                }
            }
        }
    }

    static void output(const float* products, std::size_t position_stride, int channels, const float* bias,
                       const float* residual, float* destination, std::size_t row_stride,
                       std::size_t pixel_stride, int rows, int columns, bool relu) {
        for (int c = 0; c < channels; c += lanes) {
            Vector half[a][m];  // [column][row]
            HWY_UNROLL(8)
            for (int column = 0; column < a; ++column) {
                Vector p[a];
                HWY_UNROLL(8)
                for (int row = 0; row < a; ++row) {
                    p[row] = load(products + (row * a + column) * position_stride + c);
                }
                Tile::output(p, half[column]);
            }
            const Vector offset = load(bias + c);
            for (int row = 0; row < rows; ++row) {
                Vector p[a];
                Vector y[m];
                HWY_UNROLL(8)
                for (int column = 0; column < a; ++column) p[column] = half[column][row];
                Tile::output(p, y);
                HWY_UNROLL(8)
                for (int column = 0; column < m; ++column) {
                    if (column == columns) break;
                    const std::size_t at = row * row_stride + column * pixel_stride + c;
                    if (c % line == 0) __builtin_prefetch(destination + at + m * pixel_stride, 1, 3);
                    Vector value = y[column] + offset;
                    if (residual != nullptr) value = value + load(residual + at);
                    if (relu) value = relu_of(Floats(), value);
                    store(destination + at, value);
                }
            }
        }
    }

    /// In double, rounded once, so that packing adds no error but that of float itself.
    static void weights(const float* filters, int in_channels, int out_channels, float* weights,
                        std::size_t position_stride) {
        for (int c = 0; c < in_channels; ++c) {
            double g[3][3][panel];
            for (int k = 0; k < panel; ++k) {
                const float* filter = filters + (static_cast<std::size_t>(k) * in_channels + c) * 9;
                for (int i = 0; i < 9; ++i) {
                    g[i / 3][i % 3][k] = k < out_channels ? static_cast<double>(filter[i]) : 0;
                }
            }
            for (int row = 0; row < a; ++row) {
                double half[3][panel];
                for (int j = 0; j < 3; ++j) {
                    for (int k = 0; k < panel; ++k) {
                        half[j][k] = Tile::filter[row][0] * g[0][j][k] + Tile::filter[row][1] * g[1][j][k] +
                                     Tile::filter[row][2] * g[2][j][k];
                    }
                }
                for (int column = 0; column < a; ++column) {
                    float* to = weights + (row * a + column) * position_stride + c * panel;
                    for (int k = 0; k < panel; ++k) {
                        to[k] = static_cast<float>(Tile::filter[column][0] * half[0][k] +
                                                   Tile::filter[column][1] * half[1][k] +
                                                   Tile::filter[column][2] * half[2][k]);
                    }
                }
            }
        }
    }

    static constexpr WinogradTileKernels kernels{m, weights, input, output};
};

constexpr WinogradKernels table{lanes, panel, Transforms<TwoByTwo>::kernels, Transforms<FourByFour>::kernels,
                                multiply};

const WinogradKernels* kernels() { return &table; }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {

HWY_EXPORT(kernels);

const WinogradKernels& fastest_winograd_kernels() { return *HWY_DYNAMIC_DISPATCH(kernels)(); }

}  // namespace imnet
#endif  // HWY_ONCE
