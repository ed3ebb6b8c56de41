#include "checkpoints/state_dict.h"

namespace imnet {

std::string_view name(DType dtype) {
    switch (dtype) {
        case DType::float64: return "float64";
        case DType::float32: return "float32";
        case DType::float16: return "float16";
        case DType::bfloat16: return "bfloat16";
        case DType::int64: return "int64";
        case DType::int32: return "int32";
        case DType::int16: return "int16";
        case DType::int8: return "int8";
        case DType::uint8: return "uint8";
        case DType::boolean: return "bool";
    }
    return "";
}

std::size_t size_of(DType dtype) {
    switch (dtype) {
        case DType::float64:
        case DType::int64: return 8;
        case DType::float32:
        case DType::int32: return 4;
        case DType::float16:
        case DType::bfloat16:
        case DType::int16: return 2;
        case DType::int8:
        case DType::uint8:
        case DType::boolean: return 1;
    }
    return 0;
}

std::int64_t TensorView::element_count() const {
    std::int64_t count = 1;
    for (const std::int64_t size : shape) {
        if (size == 0) return 0;
    }
    for (const std::int64_t size : shape) count *= size;
    return count;
}

bool TensorView::is_contiguous() const {
    if (element_count() == 0) return true;
    std::int64_t expected = 1;
    for (std::size_t i = shape.size(); i-- > 0;) {
        if (shape[i] == 1) continue;
        if (strides[i] != expected) return false;
        expected *= shape[i];
    }
    return true;
}

const TensorView* StateDict::find(std::string_view wanted) const {
    for (const auto& [tensor_name, tensor] : tensors) {
        if (tensor_name == wanted) return &tensor;
    }
    return nullptr;
}

}  // namespace imnet
