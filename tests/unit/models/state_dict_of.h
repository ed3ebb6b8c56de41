#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "checkpoints/state_dict.h"
#include "checkpoints/tensor_views.h"
#include "models/architecture.h"

namespace imnet::test {

/// A tensor that views contiguous float32 memory.
inline TensorView float32_view(std::span<const float> values, std::vector<std::int64_t> shape) {
    TensorView view;
    view.strides = contiguous_strides(shape);
    view.shape = std::move(shape);
    view.bytes = std::as_bytes(values);
    return view;
}

/// A state dict that fits the architecture. Its elements are 0, 1, 2, … through all tensors.
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
