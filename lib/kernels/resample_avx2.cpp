// The passes of resize_portable.cpp with AVX2. A 23-bit weight does not fit the 16-bit factors of
// vpmaddwd, which multiplies and adds two taps at once, so each weight is split,
// weight = high · 2¹¹ + low, and the two sums are put together at the end. The sums of the low
// halves, at most 255 · 2047 a tap, fit 32 bits up to 4096 taps; longer ones take the plain loops.
#include "kernels/resample_passes.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#define IMNET_AVX2 __attribute__((target("avx2")))

namespace imnet {
namespace {

constexpr int split_bits = 11;
constexpr std::int32_t split_mask = (1 << split_bits) - 1;
constexpr std::size_t most_taps = 4096;
constexpr std::int32_t half = 1 << (weight_bits - 1);

/// Two 16-bit factors of vpmaddwd, the first in the low bits.
std::int32_t pair(std::int32_t first, std::int32_t second) {
    return static_cast<std::int32_t>((static_cast<std::uint32_t>(first) & 0xFFFF) |
                                     (static_cast<std::uint32_t>(second) << 16));
}

/// Two weights, each split: factors for the low sum and for the high sum.
struct SplitPair {
    std::int32_t low;
    std::int32_t high;
};

SplitPair split(std::int32_t first, std::int32_t second) {
    return {pair(first & split_mask, second & split_mask), pair(first >> split_bits, second >> split_bits)};
}

/// Four taps of one output column, as the registers want them: each half one pair, for three channels.
struct alignas(32) FourTaps {
    std::array<std::int32_t, 8> low;
    std::array<std::int32_t, 8> high;
};

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

/// 4 or 8 sums, rounded and shifted; packing then clips them to bytes.
IMNET_AVX2 __m256i finish(__m256i low, __m256i high) {
    const __m256i total =
        _mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(high, split_bits), low), _mm256_set1_epi32(half));
    return _mm256_srai_epi32(total, weight_bits);
}

IMNET_AVX2 __m256i load(const std::array<std::int32_t, 8>& factors) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(factors.data()));
}

/// Reads up to 15 bytes past the last pixel that it needs.
IMNET_AVX2 void horizontal_row(const std::uint8_t* in, const AxisWeights& columns, const FourTaps* four,
                               std::uint8_t* out) {
    // Of four pixels r g b … the first two become r r g g b b as 16-bit numbers in the low half of the
    // register, the last two the same in the high half.
    const __m256i spread = _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
                                            6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
    for (std::size_t x = 0; x < columns.first.size(); ++x) {
        const std::uint8_t* pixel = in + static_cast<std::size_t>(columns.first[x]) * 3;
        __m256i low = _mm256_setzero_si256();
        __m256i high = _mm256_setzero_si256();
        for (int tap = 0; tap < columns.count[x]; tap += 4, pixel += 12, ++four) {
            const __m128i pixels = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixel));
            const __m256i values = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(pixels), spread);
            low = _mm256_add_epi32(low, _mm256_madd_epi16(values, load(four->low)));
            high = _mm256_add_epi32(high, _mm256_madd_epi16(values, load(four->high)));
        }
        low = _mm256_add_epi32(low, _mm256_permute2x128_si256(low, low, 1));
        high = _mm256_add_epi32(high, _mm256_permute2x128_si256(high, high, 1));
        const __m128i total = _mm256_castsi256_si128(finish(low, high));
        const std::int32_t rgb = _mm_cvtsi128_si32(_mm_packus_epi16(_mm_packs_epi32(total, total), total));
        std::memcpy(out + x * 3, &rgb, 3);
    }
}

void horizontal(const std::uint8_t* in, int input_width, int rows, const AxisWeights& columns,
                std::uint8_t* out) {
    if (static_cast<std::size_t>(columns.taps) > most_taps) {
        portable_resize_passes.horizontal(in, input_width, rows, columns, out);
        return;
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
        horizontal_row(row, columns, fours.data(), out + y * columns.first.size() * 3);
    }
}

/// 16 bytes of the row, of the weighted sum of two rows for each pair.
IMNET_AVX2 void vertical_run(const std::uint8_t* row, std::size_t stride, std::span<const SplitPair> pairs,
                             bool odd, std::uint8_t* out) {
    __m256i low_front = _mm256_setzero_si256();
    __m256i low_back = low_front;
    __m256i high_front = low_front;
    __m256i high_back = low_front;
    for (std::size_t i = 0; i < pairs.size(); ++i, row += 2 * stride) {
        const bool alone = odd && i + 1 == pairs.size();
        const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(row));
        const __m128i second =
            alone ? first : _mm_loadu_si128(reinterpret_cast<const __m128i*>(row + stride));
        const __m256i front = _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second));
        const __m256i back = _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second));
        const __m256i low = _mm256_set1_epi32(pairs[i].low);
        const __m256i high = _mm256_set1_epi32(pairs[i].high);
        low_front = _mm256_add_epi32(low_front, _mm256_madd_epi16(front, low));
        low_back = _mm256_add_epi32(low_back, _mm256_madd_epi16(back, low));
        high_front = _mm256_add_epi32(high_front, _mm256_madd_epi16(front, high));
        high_back = _mm256_add_epi32(high_back, _mm256_madd_epi16(back, high));
    }
    // Packing works within the halves of a register: put the quarters back in order.
    const __m256i words = _mm256_permute4x64_epi64(
        _mm256_packs_epi32(finish(low_front, high_front), finish(low_back, high_back)), 0b11'01'10'00);
    const __m128i bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
}

void vertical(const std::uint8_t* in, std::size_t stride, std::size_t row_bytes,
              std::span<const std::int32_t> weights, std::uint8_t* out) {
    constexpr std::size_t run = 16;
    if (weights.size() > most_taps || row_bytes < run) {
        portable_resize_passes.vertical(in, stride, row_bytes, weights, out);
        return;
    }
    std::array<SplitPair, most_taps / 2> pairs;
    const bool odd = weights.size() % 2 != 0;
    std::size_t count = 0;
    for (std::size_t tap = 0; tap < weights.size(); tap += 2) {
        pairs[count++] = split(weights[tap], tap + 1 < weights.size() ? weights[tap + 1] : 0);
    }
    for (std::size_t start = 0; start < row_bytes; start += run) {
        start = std::min(start, row_bytes - run);  // the last run overlaps the one before
        vertical_run(in + start, stride, std::span(pairs).first(count), odd, out + start);
    }
}

constexpr ResizePasses passes{horizontal, vertical};

}  // namespace

const ResizePasses* avx2_resize_passes() { return __builtin_cpu_supports("avx2") ? &passes : nullptr; }

}  // namespace imnet

#else

namespace imnet {

const ResizePasses* avx2_resize_passes() { return nullptr; }

}  // namespace imnet

#endif
