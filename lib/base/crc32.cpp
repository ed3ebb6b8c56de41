// Two ways to the same sum. By tables: eight bytes a step ("slicing-by-8", Intel 2006). By
// carry-less multiplication: 64 bytes a step are folded modulo the polynomial, as in "Fast CRC
// Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel 2009), and the tables
// finish the last 16 bytes.
#include "base/crc32.h"

#include <array>

#include "base/bytes.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace imnet {
namespace {

constexpr std::uint32_t polynomial = 0xEDB88320;

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t crc = i;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        tables[0][i] = crc;
    }
    for (std::size_t slice = 1; slice < 8; ++slice) {
        for (std::size_t i = 0; i < 256; ++i) {
            const std::uint32_t before = tables[slice - 1][i];
            tables[slice][i] = (before >> 8) ^ tables[0][before & 0xFF];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

/// Goes on from `crc`, the register before its final inversion.
std::uint32_t update_by_tables(std::uint32_t crc, std::span<const std::byte> bytes) {
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        const std::uint64_t chunk = load<std::uint64_t>(bytes, at) ^ crc;
        crc = 0;
        for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][(chunk >> (8 * i)) & 0xFF];
    }
    for (; at < bytes.size(); ++at) {
        crc = (crc >> 8) ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(bytes[at])) & 0xFF];
    }
    return crc;
}

#if defined(__x86_64__)
constexpr std::size_t fold_bytes = 64;

/// x^n modulo the polynomial, reflected, shifted up by one as the multiplication needs it.
constexpr std::uint64_t power(int n) {
    std::uint32_t remainder = 0x80000000;  // x^0 in reflected order
    for (int i = 0; i < n; ++i) remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? polynomial : 0);
    return std::uint64_t{remainder} << 1;
}

__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i value, __m128i next, __m128i factors) {
    const __m128i low = _mm_clmulepi64_si128(value, factors, 0x00);
    const __m128i high = _mm_clmulepi64_si128(value, factors, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// `bytes` holds at least 64.
__attribute__((target("pclmul,sse4.1"))) std::uint32_t update_by_folding(std::uint32_t crc,
                                                                         std::span<const std::byte> bytes) {
    const auto* at = reinterpret_cast<const __m128i*>(bytes.data());
    const auto* const end = at + bytes.size() / 16;
    __m128i lanes[4] = {_mm_loadu_si128(at), _mm_loadu_si128(at + 1), _mm_loadu_si128(at + 2),
                        _mm_loadu_si128(at + 3)};
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128(static_cast<int>(crc)));
    at += 4;
    const __m128i over_64 = _mm_set_epi64x(power(512 - 32), power(512 + 32));
    for (; end - at >= 4; at += 4) {
        for (int lane = 0; lane < 4; ++lane)
            lanes[lane] = fold(lanes[lane], _mm_loadu_si128(at + lane), over_64);
    }
    const __m128i over_16 = _mm_set_epi64x(power(128 - 32), power(128 + 32));
    __m128i value = lanes[0];
    for (int lane = 1; lane < 4; ++lane) value = fold(value, lanes[lane], over_16);
    for (; at < end; ++at) value = fold(value, _mm_loadu_si128(at), over_16);

    std::array<std::byte, 16> folded;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(folded.data()), value);
    return update_by_tables(update_by_tables(0, folded), bytes.subspan(bytes.size() / 16 * 16));
}
#endif

}  // namespace

std::uint32_t crc32_by_tables(std::span<const std::byte> bytes) { return ~update_by_tables(~0U, bytes); }

std::uint32_t crc32(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
    static const bool can_fold = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    if (can_fold && bytes.size() >= fold_bytes) return ~update_by_folding(~0U, bytes);
#endif
    return crc32_by_tables(bytes);
}

}  // namespace imnet
