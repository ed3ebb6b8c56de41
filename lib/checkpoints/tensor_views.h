// Checks what a file says about its tensors against the bytes that it has.
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

/// More than ten times as many as any ResNet has. Limits the memory that a hostile file can take.
constexpr std::size_t most_tensors = 16'384;

/// Number of elements of a shape; throws ModelError, naming the tensor, where it overflows.
std::int64_t checked_element_count(std::span<const std::int64_t> shape, std::string_view name);

/// Strides of a tensor that is stored row by row.
std::vector<std::int64_t> contiguous_strides(std::span<const std::int64_t> shape);

/// Throws ModelError unless the name is UTF-8, not empty and of a sensible length.
void check_tensor_name(std::string_view name);

/// Gives the bytes of a storage that a pickle names; throws ModelError where the container lacks it.
using StorageBytes = std::function<std::span<const std::byte>(const pickle::Storage&)>;

/// A view of the tensor in its storage. Throws ModelError, naming the tensor, where an element is outside.
TensorView view_tensor(std::string_view name, const pickle::Tensor& tensor, const StorageBytes& storage_bytes,
                       bool big_endian);

/// The part of a storage that its id means; `bytes` are those of the whole storage. Throws ModelError unless
/// there are as many as the pickle states.
std::span<const std::byte> view_storage(const pickle::Storage& storage, std::span<const std::byte> bytes);

}  // namespace imnet
