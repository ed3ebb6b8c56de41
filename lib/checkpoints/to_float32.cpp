// Conversion to float32. Every element is loaded byte by byte, because nothing in a file is aligned, and
// converted by one small function for each type. Contiguous elements are converted in a plain loop that
// compilers vectorise.
#include <bit>
#include <cstring>
#include <stdexcept>

#include "checkpoints/state_dict.h"

namespace imnet {
namespace {

std::uint64_t swap_bytes(std::uint64_t bits) { return __builtin_bswap64(bits); }
std::uint32_t swap_bytes(std::uint32_t bits) { return __builtin_bswap32(bits); }
std::uint16_t swap_bytes(std::uint16_t bits) { return __builtin_bswap16(bits); }
std::uint8_t swap_bytes(std::uint8_t bits) { return bits; }

/// IEEE 754 binary16, exactly. Subnormals are computed with integers, so that the result is the same on a
/// processor that is set to flush subnormals to zero.
float from_float16(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000U) << 16;
    const std::uint32_t magnitude = half & 0x7FFFU;
    constexpr std::uint32_t smallest_normal = 0x0400;
    constexpr std::uint32_t infinity = 0x7C00;
    const auto subnormal = std::bit_cast<std::uint32_t>(static_cast<float>(magnitude) * 0x1p-24F);
    const std::uint32_t rebias = magnitude >= infinity ? 224U << 23 : 112U << 23;
    const std::uint32_t normal = (magnitude << 13) + rebias;
    return std::bit_cast<float>(sign | (magnitude < smallest_normal ? subnormal : normal));
}

float from_bfloat16(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
float from_float32(std::uint32_t bits) { return std::bit_cast<float>(bits); }
float from_float64(std::uint64_t bits) { return static_cast<float>(std::bit_cast<double>(bits)); }
float from_int64(std::uint64_t bits) { return static_cast<float>(static_cast<std::int64_t>(bits)); }
float from_int32(std::uint32_t bits) { return static_cast<float>(static_cast<std::int32_t>(bits)); }
float from_int16(std::uint16_t bits) { return static_cast<float>(static_cast<std::int16_t>(bits)); }
float from_int8(std::uint8_t bits) { return static_cast<float>(static_cast<std::int8_t>(bits)); }
float from_uint8(std::uint8_t bits) { return static_cast<float>(bits); }
float from_boolean(std::uint8_t bits) { return bits != 0 ? 1.0F : 0.0F; }

template <typename Bits, float (*Convert)(Bits), bool Swap>
void convert_run(const std::byte* from, std::int64_t stride, std::int64_t count, float* to) {
    for (std::int64_t i = 0; i < count; ++i) {
        Bits bits;
        std::memcpy(&bits, from + i * stride, sizeof bits);
        to[i] = Convert(Swap ? swap_bytes(bits) : bits);
    }
}

/// Visits the innermost dimension in a loop, and counts up the indices of the outer ones.
template <typename Bits, float (*Convert)(Bits), bool Swap>
void convert_swapped(const TensorView& tensor, float* to) {
    constexpr std::int64_t size = sizeof(Bits);
    if (tensor.is_contiguous()) {
        // A constant stride lets the compiler vectorise.
        convert_run<Bits, Convert, Swap>(tensor.bytes.data(), size, tensor.element_count(), to);
        return;
    }
    const std::size_t last = tensor.shape.size() - 1;  // a scalar is contiguous
    std::vector<std::int64_t> index(last, 0);
    std::int64_t offset = 0;
    // The stride of a dimension with one element has no meaning and may be any number.
    const std::int64_t run_stride = tensor.shape[last] == 1 ? 0 : tensor.strides[last] * size;
    for (;;) {
        convert_run<Bits, Convert, Swap>(tensor.bytes.data() + offset * size, run_stride, tensor.shape[last],
                                         to);
        to += tensor.shape[last];
        std::size_t dimension = last;
        for (;;) {
            if (dimension == 0) return;
            --dimension;
            if (index[dimension] + 1 < tensor.shape[dimension]) {
                offset += tensor.strides[dimension];
                ++index[dimension];
                break;
            }
            if (index[dimension] > 0) offset -= tensor.strides[dimension] * index[dimension];
            index[dimension] = 0;
        }
    }
}

template <typename Bits, float (*Convert)(Bits)>
void convert(const TensorView& tensor, float* to) {
    if (tensor.big_endian) {
        convert_swapped<Bits, Convert, true>(tensor, to);
    } else {
        convert_swapped<Bits, Convert, false>(tensor, to);
    }
}

}  // namespace

void to_float32(const TensorView& tensor, std::span<float> out) {
    if (static_cast<std::int64_t>(out.size()) != tensor.element_count()) {
        throw std::invalid_argument("to_float32: out does not hold element_count() floats");
    }
    if (out.empty()) return;
    switch (tensor.dtype) {
        case DType::float64: return convert<std::uint64_t, from_float64>(tensor, out.data());
        case DType::float32: return convert<std::uint32_t, from_float32>(tensor, out.data());
        case DType::float16: return convert<std::uint16_t, from_float16>(tensor, out.data());
        case DType::bfloat16: return convert<std::uint16_t, from_bfloat16>(tensor, out.data());
        case DType::int64: return convert<std::uint64_t, from_int64>(tensor, out.data());
        case DType::int32: return convert<std::uint32_t, from_int32>(tensor, out.data());
        case DType::int16: return convert<std::uint16_t, from_int16>(tensor, out.data());
        case DType::int8: return convert<std::uint8_t, from_int8>(tensor, out.data());
        case DType::uint8: return convert<std::uint8_t, from_uint8>(tensor, out.data());
        case DType::boolean: return convert<std::uint8_t, from_boolean>(tensor, out.data());
    }
}

}  // namespace imnet
