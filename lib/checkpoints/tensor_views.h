// Claims about tensors, checked against the bytes that there are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "checkpoints/pickle.h"
#include "checkpoints/state_dict.h"

namespace imnet {

/// No ResNet has a tenth as many; keeps the memory of hostile files small.
constexpr std::size_t most_tensors = 16'384;

/// Number of elements of a shape; throws ModelError, naming the tensor, where it overflows.
std::int64_t checked_element_count(std::span<const std::int64_t> shape, std::string_view name);

/// Strides of a tensor that lies row by row.
std::vector<std::int64_t> contiguous_strides(std::span<const std::int64_t> shape);

/// Throws ModelError unless the name is UTF-8, not empty and of a sensible length.
void check_tensor_name(std::string_view name);

/// The bytes of a storage that a pickle names; throws ModelError where the container has none such.
using StorageBytes = std::function<std::span<const std::byte>(const pickle::Storage&)>;

/// The tensor in its storage, every element of it inside. Throws ModelError, naming the tensor.
TensorView view_tensor(std::string_view name, const pickle::Tensor& tensor, const StorageBytes& storage_bytes,
                       bool big_endian);

/// The part of a storage that is meant, out of the bytes of all of it. Throws ModelError unless those
/// are as many as the pickle claims.
std::span<const std::byte> view_storage(const pickle::Storage& storage, std::span<const std::byte> bytes);

}  // namespace imnet
