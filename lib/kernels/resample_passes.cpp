// The passes of resample_plain.cpp with vectors. A 23-bit weight does not fit the 16-bit factors of the
// instructions that multiply and add two taps at once, so each weight is split,
// weight = high · 2¹¹ + low, and the two sums are put together at the end. The sums of the low halves, at
// most 255 · 2047 a tap, fit 32 bits up to 4096 taps; longer ones take the plain loops.
#include "kernels/resample_passes.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "kernels/targets.h"
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/resample_passes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef IMNET_RESAMPLE_SPLIT_WEIGHTS  // what does not depend on the instruction set
#define IMNET_RESAMPLE_SPLIT_WEIGHTS
namespace imnet {
namespace {

constexpr int split_bits = 11;
constexpr std::size_t most_taps = 4096;
constexpr std::size_t least_row_bytes = 16;

/// Two weights, each split: two 16-bit factors for the low sum and two for the high sum, the first
/// weight's in the low bits.
struct SplitPair {
    std::int32_t low;
    std::int32_t high;
};

inline SplitPair split(std::int32_t first, std::int32_t second) {
    constexpr std::int32_t mask = (1 << split_bits) - 1;
    const auto pair = [](std::int32_t low, std::int32_t high) {
        return static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xFFFF) |
                                         (static_cast<std::uint32_t>(high) << 16));
    };
    return {pair(first & mask, second & mask), pair(first >> split_bits, second >> split_bits)};
}

/// Four taps of one output column, as the registers want them: each half one pair, for three channels.
struct alignas(32) FourTaps {
    std::array<std::int32_t, 8> low;
    std::array<std::int32_t, 8> high;
};

}  // namespace
}  // namespace imnet
#endif

HWY_BEFORE_NAMESPACE();
namespace imnet {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

void across(const std::uint8_t* in, const AxisWeights& columns, const FourTaps*, std::uint8_t* out) {
    plain_horizontal_pass(in, 0, 1, columns, out);
}

void down(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
          std::span<const std::int32_t> weights, const SplitPair*, std::uint8_t* out) {
    plain_vertical_pass(in, stride, row_bytes, weights, out);
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using FourSums = hn::CappedTag<std::int32_t, 4>;
using EightSums = hn::CappedTag<std::int32_t, 8>;  // four where a vector holds no more

template <class D>
HWY_INLINE hn::Vec<FourSums> sum_of_halves(D, hn::Vec<D> sums) {
    if constexpr (hn::MaxLanes(D()) == 8) {
        return hn::LowerHalf(FourSums(), sums) + hn::UpperHalf(FourSums(), sums);
    } else {
        return sums;
    }
}

/// The sums of the split weights together, rounded to whole numbers.
template <class D>
HWY_INLINE hn::Vec<D> whole(D d, hn::Vec<D> low, hn::Vec<D> high) {
    const auto half = hn::Set(d, 1 << (weight_bits - 1));
    return hn::ShiftRight<weight_bits>(hn::ShiftLeft<split_bits>(high) + low + half);
}

/// One row of pixels. Reads up to 15 bytes past the last pixel that it needs.
void across(const std::uint8_t* in, const AxisWeights& columns, const FourTaps* four, std::uint8_t* out) {
    const EightSums d;
    const hn::Repartition<std::uint8_t, EightSums> bytes;
    const hn::Repartition<std::int16_t, EightSums> words;
    const hn::Rebind<std::uint8_t, FourSums> out_bytes;
    const hn::Repartition<std::uint32_t, decltype(out_bytes)> out_pixel;
    // Of four pixels r g b … the first two become r r g g b b as 16-bit numbers in the first 16 bytes, the
    // last two the same in the next 16.
    constexpr std::uint8_t none = 0x80;
    alignas(32) static constexpr std::uint8_t spread[32] = {
        0, none, 3, none, 1, none, 4,  none, 2, none, 5,  none, none, none, none, none,
        6, none, 9, none, 7, none, 10, none, 8, none, 11, none, none, none, none, none};
    // Copies, which no store to `out` can change.
    const int* const first = columns.first.data();
    const int* const count = columns.count.data();
    const std::size_t outputs = columns.first.size();
    for (std::size_t x = 0; x < outputs; ++x, out += 3) {
        const std::uint8_t* pixel = in + static_cast<std::size_t>(first[x]) * 3;
        // Highway adds part of the products to a second sum on some processors.
        auto low = hn::Zero(d), more_low = low, high = low, more_high = low;
        for (int tap = 0; tap < count[x]; tap += 4, pixel += 12, ++four) {
            const auto pixels = hn::LoadDup128(bytes, pixel);
            HWY_UNROLL(2)
            for (int i = 0; i < 8; i += static_cast<int>(hn::MaxLanes(d))) {
                const auto places = hn::LoadU(bytes, spread + 4 * i);
                const auto values = hn::BitCast(words, hn::TableLookupBytesOr0(pixels, places));
                const auto low_weights = hn::BitCast(words, hn::LoadU(d, four->low.data() + i));
                const auto high_weights = hn::BitCast(words, hn::LoadU(d, four->high.data() + i));
                low = hn::ReorderWidenMulAccumulate(d, values, low_weights, low, more_low);
                high = hn::ReorderWidenMulAccumulate(d, values, high_weights, high, more_high);
            }
        }
        low = hn::RearrangeToOddPlusEven(low, more_low);
        high = hn::RearrangeToOddPlusEven(high, more_high);
        const auto rgb = whole(FourSums(), sum_of_halves(d, low), sum_of_halves(d, high));
        const auto pixel_out = hn::GetLane(hn::BitCast(out_pixel, hn::DemoteTo(out_bytes, rgb)));
        // The fourth byte is the next pixel's, which follows.
        std::memcpy(out, &pixel_out, x + 1 < outputs ? 4 : 3);
    }
}

/// 16, 32 or 64 bytes of the row: of the weighted sum of two rows for each pair.
template <class Bytes>
HWY_INLINE void down_some(Bytes bytes, const std::uint8_t* row, std::size_t stride, const SplitPair* pairs,
                          std::size_t taps, std::uint8_t* out) {
    const hn::Repartition<std::int16_t, Bytes> words;
    const hn::Repartition<std::int32_t, Bytes> d;
    const auto zero = hn::Zero(bytes);
    // A quarter of each 16 bytes in each.
    hn::Vec<decltype(d)> low[4], more_low[4], high[4], more_high[4];
    HWY_UNROLL(4)
    for (int i = 0; i < 4; ++i) low[i] = more_low[i] = high[i] = more_high[i] = hn::Zero(d);
    for (std::size_t tap = 0; tap < taps; tap += 2, row += 2 * stride, ++pairs) {
        const bool alone = tap + 1 == taps;
        const auto first = hn::LoadU(bytes, row);
        const auto second = hn::LoadU(bytes, alone ? row : row + stride);
        const auto front = hn::InterleaveLower(bytes, first, second);
        const auto back = hn::InterleaveUpper(bytes, first, second);
        const hn::Vec<decltype(words)> values[4] = {
            hn::BitCast(words, hn::InterleaveLower(bytes, front, zero)),
            hn::BitCast(words, hn::InterleaveUpper(bytes, front, zero)),
            hn::BitCast(words, hn::InterleaveLower(bytes, back, zero)),
            hn::BitCast(words, hn::InterleaveUpper(bytes, back, zero))};
        const auto low_weights = hn::BitCast(words, hn::Set(d, pairs->low));
        const auto high_weights = hn::BitCast(words, hn::Set(d, pairs->high));
        HWY_UNROLL(4)
        for (int i = 0; i < 4; ++i) {
            low[i] = hn::ReorderWidenMulAccumulate(d, values[i], low_weights, low[i], more_low[i]);
            high[i] = hn::ReorderWidenMulAccumulate(d, values[i], high_weights, high[i], more_high[i]);
        }
    }
    HWY_UNROLL(4)
    for (int i = 0; i < 4; ++i) {
        low[i] = whole(d, hn::RearrangeToOddPlusEven(low[i], more_low[i]),
                       hn::RearrangeToOddPlusEven(high[i], more_high[i]));
    }
    const auto most = hn::Set(words, 255);
    const auto none = hn::Zero(words);
    const auto first_half = hn::Min(hn::Max(hn::ReorderDemote2To(words, low[0], low[1]), none), most);
    const auto last_half = hn::Min(hn::Max(hn::ReorderDemote2To(words, low[2], low[3]), none), most);
    // Bytes 0 8 1 9 … of each 16.
    const auto mixed = hn::BitCast(bytes, hn::Or(first_half, hn::ShiftLeft<8>(last_half)));
    alignas(16) static constexpr std::uint8_t order[16] = {0, 2, 4, 6, 8, 10, 12, 14,
                                                           1, 3, 5, 7, 9, 11, 13, 15};
    hn::StoreU(hn::TableLookupBytes(mixed, hn::LoadDup128(bytes, order)), bytes, out);
}

template <class Bytes>
HWY_INLINE void down_all(Bytes bytes, const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
                         const SplitPair* pairs, std::size_t taps, std::uint8_t* out) {
    constexpr std::size_t run = hn::MaxLanes(Bytes());
    for (std::size_t start = 0; start < row_bytes; start += run) {
        start = std::min(start, row_bytes - run);  // the last run overlaps the one before
        down_some(bytes, in + start, stride, pairs, taps, out + start);
    }
}

void down(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
          std::span<const std::int32_t> weights, const SplitPair* pairs, std::uint8_t* out) {
    const hn::ScalableTag<std::uint8_t> widest;
    if (row_bytes >= hn::MaxLanes(widest)) {
        down_all(widest, in, stride, row_bytes, pairs, weights.size(), out);
    } else {
        down_all(hn::CappedTag<std::uint8_t, least_row_bytes>(), in, stride, row_bytes, pairs, weights.size(),
                 out);
    }
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace imnet
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace imnet {
namespace {

/// Of each column as many fours as its count needs; zero weights fill the last.
std::vector<FourTaps> split_columns(const AxisWeights& columns) {
    std::vector<FourTaps> fours;
    fours.reserve(columns.weights.size() / 4);
    for (std::size_t x = 0; x < columns.first.size(); ++x) {
        const std::int32_t* weights = columns.weights.data() + x * columns.taps;
        for (int tap = 0; tap < columns.count[x]; tap += 4, weights += 4) {
            const SplitPair front = split(weights[0], weights[1]);
            const SplitPair back = split(weights[2], weights[3]);
            FourTaps four;
            for (std::size_t i = 0; i < 8; ++i) {
                four.low[i] = i < 4 ? front.low : back.low;
                four.high[i] = i < 4 ? front.high : back.high;
            }
            fours.push_back(four);
        }
    }
    return fours;
}

}  // namespace

HWY_EXPORT(across);
HWY_EXPORT(down);

void horizontal_pass(const std::uint8_t* in, int input_width, int rows, const AxisWeights& columns,
                     std::uint8_t* out) {
    if (static_cast<std::size_t>(columns.taps) > most_taps) {
        return plain_horizontal_pass(in, input_width, rows, columns, out);
    }
    const std::vector<FourTaps> fours = split_columns(columns);
    const std::size_t row_bytes = static_cast<std::size_t>(input_width) * 3;
    // A row that has another after it may be read past its end; the last rows are copied with room.
    constexpr std::size_t room = 16;
    const int rows_with_room = rows - 1 - static_cast<int>(std::min<std::size_t>(room / row_bytes, rows - 1));
    std::vector<std::uint8_t> copy(row_bytes + room);
    for (int y = 0; y < rows; ++y) {
        const std::uint8_t* row = in + y * row_bytes;
        if (y >= rows_with_room) {
            std::copy_n(row, row_bytes, copy.begin());
            row = copy.data();
        }
        HWY_DYNAMIC_DISPATCH(across)(row, columns, fours.data(), out + y * columns.first.size() * 3);
    }
}

void vertical_pass(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
                   std::span<const std::int32_t> weights, std::uint8_t* out) {
    if (weights.size() > most_taps || row_bytes < least_row_bytes) {
        return plain_vertical_pass(in, stride, row_bytes, weights, out);
    }
    std::array<SplitPair, most_taps / 2> pairs;
    for (std::size_t tap = 0; tap < weights.size(); tap += 2) {
        pairs[tap / 2] = split(weights[tap], tap + 1 < weights.size() ? weights[tap + 1] : 0);
    }
    HWY_DYNAMIC_DISPATCH(down)(in, stride, row_bytes, weights, pairs.data(), out);
}

}  // namespace imnet
#endif  // HWY_ONCE
