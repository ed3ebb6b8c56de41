#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checkpoints/state_dict.h"
#include "models/architecture.h"

namespace imnet::test {

/// A view of contiguous float32 memory.
inline TensorView float32_view(std::span<const float> values, std::vector<std::int64_t> shape) {
    TensorView view;
    view.shape = std::move(shape);
    view.bytes = std::as_bytes(values);
    view.strides.resize(view.shape.size());
    std::int64_t stride = 1;
    for (std::size_t i = view.shape.size(); i-- > 0;) {
        view.strides[i] = stride;
        stride *= view.shape[i];
    }
    return view;
}

/// A state dict that fits the architecture. Element i of its block of memory is i, and the tensors
/// lie in it one after the other.
inline StateDict state_dict_of(const Architecture& architecture) {
    std::size_t count = 0;
    for (const Parameter& parameter : architecture.parameters)
        count += static_cast<std::size_t>(parameter.element_count());
    const auto memory = std::make_shared<std::vector<float>>(count);
    for (std::size_t i = 0; i < count; ++i) (*memory)[i] = static_cast<float>(i);

    StateDict state_dict;
    state_dict.owner = memory;
    std::size_t offset = 0;
    for (const Parameter& parameter : architecture.parameters) {
        const auto size = static_cast<std::size_t>(parameter.element_count());
        state_dict.tensors.emplace_back(
            parameter.name, float32_view(std::span(*memory).subspan(offset, size), parameter.shape));
        offset += size;
    }
    return state_dict;
}

}  // namespace imnet::test
