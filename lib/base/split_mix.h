#pragma once

#include <cstdint>

namespace imnet {

/// The mixing function of SplitMix64 (Steele, Lea and Flood): every bit of the result depends on every bit
/// of the argument, and different arguments give different results.
constexpr std::uint64_t mix_bits(std::uint64_t bits) {
    bits += 0x9E3779B97F4A7C15U;
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31);
}

/// A number for an ordered pair.
constexpr std::uint64_t mix_bits(std::uint64_t first, std::uint64_t second) {
    return mix_bits(mix_bits(first) ^ second);
}

/// A stream of random 64-bit numbers, the same on every machine.
class SplitMix64 {
public:
    explicit constexpr SplitMix64(std::uint64_t seed) : state_(seed) {}

    constexpr std::uint64_t next() {
        const std::uint64_t number = mix_bits(state_);
        state_ += 0x9E3779B97F4A7C15U;
        return number;
    }

    /// Uniform in 0 … bound - 1; the bound is positive.
    constexpr std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t rest = (0 - bound) % bound;  // 2^64 modulo the bound
        while (true) {
            const std::uint64_t number = next();
            if (number >= rest) return number % bound;
        }
    }

    /// Uniform in (0, 1): an odd multiple of 2^-54.
    constexpr double fraction() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }

private:
    std::uint64_t state_;
};

}  // namespace imnet
