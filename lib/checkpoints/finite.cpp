#include "checkpoints/finite.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fmt/format.h>

#include "checkpoints/refusals.h"

namespace imnet {
namespace {

/// Whether no element has all bits of the exponent set: only for those does adding one to the exponent
/// carry into the sign bit. Works in blocks, without a branch for each element, so that it vectorises.
template <typename Bits>
bool exponents_are_finite(std::span<const std::byte> bytes, Bits exponent) {
    constexpr std::size_t block = 4096;
    constexpr Bits sign = static_cast<Bits>(Bits{1} << (8 * sizeof(Bits) - 1));
    const auto one = static_cast<Bits>(exponent & (~exponent + 1));
    const std::size_t count = bytes.size() / sizeof(Bits);
    for (std::size_t begin = 0; begin < count; begin += block) {
        const std::size_t end = std::min(count, begin + block);
        Bits carries = 0;
        for (std::size_t i = begin; i < end; ++i) {
            Bits bits;
            std::memcpy(&bits, bytes.data() + i * sizeof(Bits), sizeof bits);
            carries = static_cast<Bits>(carries | ((bits & exponent) + one));
        }
        if ((carries & sign) != 0) return false;
    }
    return true;
}

bool is_finite(const TensorView& tensor) {
    const bool plain = tensor.is_contiguous() && !tensor.big_endian;
    switch (tensor.dtype) {
        case DType::int64:
        case DType::int32:
        case DType::int16:
        case DType::int8:
        case DType::uint8:
        case DType::boolean: return true;
        case DType::float32:
            if (plain) return exponents_are_finite<std::uint32_t>(tensor.bytes, 0x7F800000);
            break;
        case DType::float16:
            if (plain) return exponents_are_finite<std::uint16_t>(tensor.bytes, 0x7C00);
            break;
        case DType::bfloat16:
            if (plain) return exponents_are_finite<std::uint16_t>(tensor.bytes, 0x7F80);
            break;
        case DType::float64: break;
    }
    std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
    to_float32(tensor, values);
    return exponents_are_finite<std::uint32_t>(std::as_bytes(std::span(values)), 0x7F800000);
}

}  // namespace

bool all_finite(const StateDict& state_dict) {
    return std::all_of(state_dict.tensors.begin(), state_dict.tensors.end(),
                       [](const auto& named) { return is_finite(named.second); });
}

void check_finite(const StateDict& state_dict, std::string_view source) {
    for (const auto& [tensor_name, tensor] : state_dict.tensors) {
        if (is_finite(tensor)) continue;
        refuse(fmt::format(
            "{}: the tensor {} holds NaN or infinite values, so every prediction would be NaN: use "
            "another checkpoint of the training",
            source, in_quotes(tensor_name)));
    }
}

}  // namespace imnet
