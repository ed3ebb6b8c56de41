// The tensors of a checkpoint: names, types, shapes, and views of their bytes in the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imnet {

enum class DType { float64, float32, float16, bfloat16, int64, int32, int16, int8, uint8, boolean };

/// PyTorch's name of the type: `float32`, `bfloat16`, `int64` …
std::string_view name(DType dtype);

/// Bytes of one element.
std::size_t size_of(DType dtype);

/// A view of one tensor in the file. All elements that shape and strides reach are inside `bytes`; readers
/// check this before they return a view.
struct TensorView {
    DType dtype = DType::float32;
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> strides;  ///< in elements, none negative
    std::span<const std::byte> bytes;   ///< starts at the first element
    bool big_endian = false;

    std::int64_t element_count() const;
    bool is_contiguous() const;
};

/// Copies a tensor of any dtype, strides and byte order to contiguous float32, as `Tensor.float()`
/// does. `out` holds `element_count()` floats.
void to_float32(const TensorView& tensor, std::span<float> out);

/// Named tensors in the order of the file, and the texts that the file holds with them. The views are valid
/// as long as a copy of `owner` lives.
struct StateDict {
    std::string container;  ///< what the file is: "torch.save (zip)", "safetensors" …
    std::vector<std::pair<std::string, TensorView>> tensors;
    std::vector<std::pair<std::string, std::string>> metadata;
    std::vector<std::string> remarks = {};  ///< what the user should know: which of several state dicts it is
    std::shared_ptr<const void> owner;

    /// The tensor of that name, or null.
    const TensorView* find(std::string_view name) const;
};

}  // namespace imnet
