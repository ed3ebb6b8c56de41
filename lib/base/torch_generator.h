#pragma once

#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace imnet {

/// The stream of `torch.manual_seed` on a CPU: the 32-bit Mersenne Twister, seeded by the low 32 bits.
class TorchGenerator {
public:
    explicit TorchGenerator(std::uint64_t seed) : engine_(static_cast<std::uint32_t>(seed)) {}

    /// `torch.rand(1)`: in [0, 1), a multiple of 2^-24.
    float rand() { return static_cast<float>(engine_() & 0xFFFFFFU) * 0x1p-24F; }

    /// `torch.empty(1).uniform_(from, to)`, as PyTorch computes it on a processor with AVX2: multiply and
    /// add are rounded once.
    float uniform(double from, double to) {
        const auto low = static_cast<float>(from);
        return std::fma(rand(), static_cast<float>(to) - low, low);
    }

    /// `torch.randint(low, high, (1,))`, in low … high - 1, for fewer than 2^28 values.
    std::int64_t randint(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low));
    }

    /// `torch.randperm(n)`.
    std::vector<int> randperm(int n) {
        std::vector<int> order(static_cast<std::size_t>(n));
        std::iota(order.begin(), order.end(), 0);
        for (int i = 0; i < n - 1; ++i) std::swap(order[i], order[i + randint(0, n - i)]);
        return order;
    }

    void skip(std::int64_t draws) { engine_.discard(static_cast<unsigned long long>(draws)); }

private:
    std::mt19937 engine_;
};

}  // namespace imnet
