#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "checkpoints/state_dict.h"

namespace imnet {

/// The type of a stored tensor's elements, also where this program does not read such tensors.
struct ElementType {
    std::string_view name;       ///< PyTorch's: `float32`, `complex64`, `quint8` …
    std::size_t size;            ///< bytes
    std::optional<DType> dtype;  ///< empty where such tensors are not read
    bool quantised = false;
};

/// The type of that PyTorch name (`float32`, `quint8`); null for an unknown name.
const ElementType* element_type(std::string_view name);

/// The type that a storage class holds (`FloatStorage` → float32; `UntypedStorage` → uint8).
const ElementType* element_type_of_storage(std::string_view class_name);

}  // namespace imnet
