#include "checkpoints/with_dtype.h"

#include <cmath>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "base/bfloat16.h"
#include "base/errors.h"
#include "base/float16.h"
#include "checkpoints/tensor_views.h"
#include "checkpoints/write_safetensors.h"

namespace imnet {
namespace {

bool is_floating_point(DType dtype) {
    return dtype == DType::float64 || dtype == DType::float32 || dtype == DType::float16 ||
           dtype == DType::bfloat16;
}

std::uint16_t halved(float value, DType wanted) {
    return wanted == DType::float16 ? to_float16(value) : to_bfloat16(value);
}

bool is_infinite(std::uint16_t bits, DType wanted) {
    return (bits & 0x7FFFU) == (wanted == DType::float16 ? 0x7C00U : 0x7F80U);
}

[[noreturn]] void refuse_too_large(const std::string& name, double value, DType wanted) {
    throw ModelError(fmt::format("{}: {} is too large for {}", name, value, imnet::name(wanted)));
}

// All conversions go through float32. A double beyond its range is beyond that of the other types, too.
void refuse_large_doubles(const std::string& name, const TensorView& tensor, std::span<const float> values,
                          DType wanted) {
    const std::string doubles = contiguous_bytes(tensor);
    for (std::size_t i = 0; i < values.size(); ++i) {
        double value = 0;
        std::memcpy(&value, doubles.data() + i * sizeof value, sizeof value);
        if (std::isfinite(value) && !std::isfinite(values[i])) refuse_too_large(name, value, wanted);
    }
}

std::vector<std::byte> converted(const std::string& name, const TensorView& tensor, DType wanted) {
    std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
    to_float32(tensor, values);
    if (tensor.dtype == DType::float64) refuse_large_doubles(name, tensor, values, wanted);
    std::vector<std::byte> bytes(values.size() * size_of(wanted));
    if (wanted == DType::float32) {
        std::memcpy(bytes.data(), values.data(), bytes.size());
        return bytes;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint16_t half = halved(values[i], wanted);
        if (std::isfinite(values[i]) && is_infinite(half, wanted)) {
            refuse_too_large(name, values[i], wanted);
        }
        std::memcpy(&bytes[2 * i], &half, sizeof half);
    }
    return bytes;
}

}  // namespace

StateDict with_dtype(const StateDict& state_dict, DType wanted) {
    StateDict result = state_dict;
    const auto owned =
        std::make_shared<std::pair<std::shared_ptr<const void>, std::vector<std::vector<std::byte>>>>();
    owned->first = state_dict.owner;
    for (auto& [name, tensor] : result.tensors) {
        if (!is_floating_point(tensor.dtype) || tensor.dtype == wanted) continue;
        owned->second.push_back(converted(name, tensor, wanted));
        tensor.dtype = wanted;
        tensor.strides = contiguous_strides(tensor.shape);
        tensor.bytes = owned->second.back();
        tensor.big_endian = false;
    }
    result.owner = owned;
    return result;
}

}  // namespace imnet
