// The loops of winograd_kernels.h for any kind of vector. An `Isa` is a type of an unnamed namespace:
//   Vector         float vector with operators + - * <
//   lanes          floats in it
//   rows           tiles that `multiply` takes at once: 2·rows sums, 2 weights and an input are in registers
//   all            a vector of one value
//   multiply_add   x·y + z
// F(2×2, 3×3) interpolates at 0, ±1, ∞ and F(4×4, 3×3) at 0, ±a, ±b, ∞.
#pragma once

#include "kernels/winograd_kernels.h"

namespace imnet::winograd {

template <class Isa>
struct Loops {
    using Vector = typename Isa::Vector;
    static constexpr int lanes = Isa::lanes;
    static constexpr int panel = 2 * lanes;

    static Vector load(const float* from) {
        Vector v;
        __builtin_memcpy(&v, from, sizeof(v));
        return v;
    }
    static void store(float* to, Vector v) { __builtin_memcpy(to, &v, sizeof(v)); }
    static Vector all(float x) { return Isa::all(x); }

    template <int rows>
    static void multiply_rows(const float* inputs, std::size_t input_stride, const float* weights,
                              int channels, float* products, std::size_t product_stride, const float* next,
                              std::size_t next_step) {
        Vector sums[rows][2] = {};
#pragma GCC unroll 2
        for (int c = 0; c < channels; ++c) {
            const Vector left = load(weights);
            const Vector right = load(weights + lanes);
            __builtin_prefetch(next, 0, 2);
#pragma GCC unroll 16
            for (int row = 0; row < rows; ++row) {
                const Vector input = all(inputs[row * input_stride + c]);
                sums[row][0] = Isa::multiply_add(input, left, sums[row][0]);
                sums[row][1] = Isa::multiply_add(input, right, sums[row][1]);
            }
            weights += panel;
            next += next_step;
        }
#pragma GCC unroll 16
        for (int row = 0; row < rows; ++row) {
            store(products + row * product_stride, sums[row][0]);
            store(products + row * product_stride + lanes, sums[row][1]);
        }
    }

    /// 1 ≤ count ≤ most tiles.
    template <int most>
    static void multiply_some(int count, const float* inputs, std::size_t input_stride, const float* weights,
                              int channels, float* products, std::size_t product_stride, const float* next,
                              std::size_t next_step) {
        if constexpr (most > 1) {
            if (count < most) {
                return multiply_some<most - 1>(count, inputs, input_stride, weights, channels, products,
                                               product_stride, next, next_step);
            }
        }
        multiply_rows<most>(inputs, input_stride, weights, channels, products, product_stride, next,
                            next_step);
    }

    /// Tiles are shared out evenly: a few more sums than FMA units times their latency keep them busy.
    static void multiply(const float* inputs, std::size_t input_stride, int tiles, const float* weights,
                         int channels, float* products, std::size_t product_stride, const float* next) {
        const int blocks = (tiles + Isa::rows - 1) / Isa::rows;
        const std::size_t next_step = static_cast<std::size_t>((panel + blocks - 1) / blocks);
        for (int block = 0, first = 0; block < blocks; ++block) {
            const int count = (tiles - first) / (blocks - block);
            multiply_some<Isa::rows>(count, inputs + first * input_stride, input_stride, weights, channels,
                                     products + first * product_stride, product_stride,
                                     next + block * next_step * channels, next_step);
            first += count;
        }
    }
};

/// F(2×2, 3×3): one axis of each transform.
template <class Isa>
struct TwoByTwo {
    using L = Loops<Isa>;
    using Vector = typename L::Vector;
    static constexpr int outputs = 2;
    static constexpr double filter[4][3] = {{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}};

    static void input(const Vector* d, Vector* v) {
        v[0] = d[0] - d[2];
        v[1] = d[2] + d[1];
        v[2] = d[2] - d[1];
        v[3] = d[3] - d[1];
    }
    static void output(const Vector* p, Vector* y) {
        y[0] = p[0] + (p[1] + p[2]);
        y[1] = (p[1] - p[2]) + p[3];
    }
};

/// F(4×4, 3×3): one axis of each transform.
template <class Isa>
struct FourByFour {
    using L = Loops<Isa>;
    using Vector = typename L::Vector;
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

    static Vector times(double factor, Vector x, Vector plus) {
        return Isa::multiply_add(L::all(static_cast<float>(factor)), x, plus);
    }
    static void input(const Vector* d, Vector* v) {
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
    static void output(const Vector* p, Vector* y) {
        const Vector even_a = p[1] + p[2];
        const Vector odd_a = p[1] - p[2];
        const Vector even_b = p[3] + p[4];
        const Vector odd_b = p[3] - p[4];
        y[0] = (p[0] + even_a) + even_b;
        y[1] = times(b, odd_b, L::all(static_cast<float>(a)) * odd_a);
        y[2] = times(b * b, even_b, L::all(static_cast<float>(a * a)) * even_a);
        y[3] = times(b * b * b, odd_b, times(a * a * a, odd_a, p[5]));
    }
};

/// The transforms of whole tiles: one axis, then the other.
template <class Isa, template <class> class Tile>
struct Transforms {
    using L = Loops<Isa>;
    using T = Tile<Isa>;
    using Vector = typename L::Vector;
    static constexpr int m = T::outputs;
    static constexpr int a = m + 2;
    static constexpr int line = 16;  // floats in a cache line

    /// The pixels that the tile to the right has and this one has not. A pixel outside of the image
    /// leads to an address that is never read.
    static void fetch_next(const float* const* pixels, int channels, int c) {
#pragma GCC unroll 8
        for (int row = 0; row < a; ++row) {
#pragma GCC unroll 8
            for (int column = 2; column < a; ++column) {
                __builtin_prefetch(pixels[row * a + column] + m * channels + c, 0, 3);
            }
        }
    }

    static void input(const float* const* pixels, int channels, float* inputs, std::size_t position_stride) {
        for (int c = 0; c < channels; c += L::lanes) {
            Vector half[a][a];  // [column][row]
            if (c % line == 0) fetch_next(pixels, channels, c);
#pragma GCC unroll 8
            for (int column = 0; column < a; ++column) {
                Vector d[a];
#pragma GCC unroll 8
                for (int row = 0; row < a; ++row) d[row] = L::load(pixels[row * a + column] + c);
                T::input(d, half[column]);
            }
#pragma GCC unroll 8
            for (int row = 0; row < a; ++row) {
                Vector d[a];
                Vector v[a];
#pragma GCC unroll 8
                for (int column = 0; column < a; ++column) d[column] = half[column][row];
                T::input(d, v);
#pragma GCC unroll 8
                for (int column = 0; column < a; ++column) {
                    L::store(inputs + (row * a + column) * position_stride + c, v[column]);
                }
            }
        }
    }

    static void output(const float* products, std::size_t position_stride, int channels, const float* bias,
                       const float* residual, float* destination, std::size_t row_stride,
                       std::size_t pixel_stride, int rows, int columns, bool relu) {
        for (int c = 0; c < channels; c += L::lanes) {
            Vector half[a][m];  // [column][row]
#pragma GCC unroll 8
            for (int column = 0; column < a; ++column) {
                Vector p[a];
#pragma GCC unroll 8
                for (int row = 0; row < a; ++row) {
                    p[row] = L::load(products + (row * a + column) * position_stride + c);
                }
                T::output(p, half[column]);
            }
            const Vector offset = L::load(bias + c);
            for (int row = 0; row < rows; ++row) {
                Vector p[a];
                Vector y[m];
#pragma GCC unroll 8
                for (int column = 0; column < a; ++column) p[column] = half[column][row];
                T::output(p, y);
#pragma GCC unroll 8
                for (int column = 0; column < m; ++column) {
                    if (column == columns) break;
                    const std::size_t at = row * row_stride + column * pixel_stride + c;
                    if (c % line == 0) __builtin_prefetch(destination + at + m * pixel_stride, 1, 3);
                    Vector value = y[column] + offset;
                    if (residual != nullptr) value = value + L::load(residual + at);
                    // Not the other way round: NaN must stay NaN.
                    if (relu) value = value < Vector{} ? Vector{} : value;
                    L::store(destination + at, value);
                }
            }
        }
    }

    /// In double, rounded once, so that packing adds no error but that of float itself.
    static void weights(const float* filters, int in_channels, int out_channels, float* weights,
                        std::size_t position_stride) {
        for (int c = 0; c < in_channels; ++c) {
            double g[3][3][L::panel];
            for (int k = 0; k < L::panel; ++k) {
                const float* filter = filters + (static_cast<std::size_t>(k) * in_channels + c) * 9;
                for (int i = 0; i < 9; ++i) {
                    g[i / 3][i % 3][k] = k < out_channels ? static_cast<double>(filter[i]) : 0;
                }
            }
            for (int row = 0; row < a; ++row) {
                double half[3][L::panel];
                for (int j = 0; j < 3; ++j) {
                    for (int k = 0; k < L::panel; ++k) {
                        half[j][k] = T::filter[row][0] * g[0][j][k] + T::filter[row][1] * g[1][j][k] +
                                     T::filter[row][2] * g[2][j][k];
                    }
                }
                for (int column = 0; column < a; ++column) {
                    float* to = weights + (row * a + column) * position_stride + c * L::panel;
                    for (int k = 0; k < L::panel; ++k) {
                        to[k] = static_cast<float>(T::filter[column][0] * half[0][k] +
                                                   T::filter[column][1] * half[1][k] +
                                                   T::filter[column][2] * half[2][k]);
                    }
                }
            }
        }
    }

    static constexpr WinogradTileKernels kernels{m, weights, input, output};
};

template <class Isa>
constexpr WinogradKernels kernels{Isa::name,
                                  Loops<Isa>::lanes,
                                  Loops<Isa>::panel,
                                  Transforms<Isa, TwoByTwo>::kernels,
                                  Transforms<Isa, FourByFour>::kernels,
                                  Loops<Isa>::multiply};

}  // namespace imnet::winograd
