#pragma once

#include <vector>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Reads every element of all tensors, so that the address sanitizer finds a tensor that leaves its bytes.
/// Skips tensors with more than 2^20 elements.
inline void touch_tensors(const StateDict& state_dict) {
    constexpr std::int64_t most_elements = 1 << 20;
    for (const auto& [name, tensor] : state_dict.tensors) {
        if (tensor.element_count() > most_elements) continue;
        std::vector<float> values(static_cast<std::size_t>(tensor.element_count()));
        to_float32(tensor, values);
    }
}

}  // namespace imnet
