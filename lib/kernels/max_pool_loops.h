// The loop of max_pool_kernels.h, for the compiler to vectorise. `Isa` is a type of an unnamed
// namespace, so that each file keeps its own copy.
#pragma once

#include "kernels/max_pool_kernels.h"

namespace imnet::max_pooling {

template <class Isa>
struct Loops {
    static float to_float(float x) { return x; }
    static float to_float(std::uint16_t x) {
        return __builtin_bit_cast(float, static_cast<std::uint32_t>(x) << 16);
    }
    static void from_float(float x, float& to) { to = x; }
    static void from_float(float x, std::uint16_t& to) {
        const auto bits = __builtin_bit_cast(std::uint32_t, x);
        const std::uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
        constexpr std::uint32_t nan = 0x7FC0;
        to = static_cast<std::uint16_t>(x != x ? nan : rounded);
    }

    /// Of channel c of nine pixels; NaN where one is.
    static float greatest(const float* const* w, int c) {
        float most = w[0][c];
        bool nan = most != most;
#pragma GCC unroll 8
        for (int i = 1; i < 9; ++i) {
            const float x = w[i][c];
            nan |= x != x;
            most = x > most ? x : most;
        }
        return nan ? __builtin_nanf("") : most;
    }

    /// As 16-bit integers, of which a vector holds twice as many: with the lower bits of the negative ones
    /// turned over they are in the order of the numbers.
    static std::uint16_t greatest(const std::uint16_t* const* w, int c) {
        const auto in_order = [](std::int16_t x) {
            return static_cast<std::int16_t>(x ^ ((x >> 15) & 0x7FFF));
        };
        constexpr std::int16_t infinity = 0x7F80;
        std::int16_t most = -0x8000;
        std::int16_t most_magnitude = 0;
#pragma GCC unroll 9
        for (int i = 0; i < 9; ++i) {
            const auto x = static_cast<std::int16_t>(w[i][c]);
            const auto magnitude = static_cast<std::int16_t>(x & 0x7FFF);
            most = in_order(x) > most ? in_order(x) : most;
            most_magnitude = magnitude > most_magnitude ? magnitude : most_magnitude;
        }
        return static_cast<std::uint16_t>(most_magnitude > infinity ? 0x7FC0 : in_order(most));
    }

    template <class Number, bool affine, bool relu>
    static void pixel(const Number* const* window, int channels, const float* scale, const float* shift,
                      Number* __restrict out) {
        const Number* const w[9] = {window[0], window[1], window[2], window[3], window[4],
                                    window[5], window[6], window[7], window[8]};
        for (int c = 0; c < channels; ++c) {
            if constexpr (!affine && !relu) {
                out[c] = greatest(w, c);
                continue;
            }
            float most = to_float(greatest(w, c));
            if (affine) most = most * scale[c] + shift[c];
            if (relu) most = most < 0 ? 0 : most;
            from_float(most, out[c]);
        }
    }

    template <class Number>
    static void any(const Number* const* window, int channels, const float* scale, const float* shift,
                    bool relu, Number* out) {
        if (scale != nullptr) {
            (relu ? pixel<Number, true, true> : pixel<Number, true, false>)(window, channels, scale, shift,
                                                                            out);
        } else {
            (relu ? pixel<Number, false, true> : pixel<Number, false, false>)(window, channels, scale, shift,
                                                                              out);
        }
    }
};

template <class Isa>
constexpr MaxPoolKernels kernels{Isa::name, Loops<Isa>::template any<float>,
                                 Loops<Isa>::template any<std::uint16_t>};

}  // namespace imnet::max_pooling
