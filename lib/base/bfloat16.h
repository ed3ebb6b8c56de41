#pragma once

#include <cstdint>

namespace imnet {

/// The bits of the bfloat16 nearest to the value, of two as near the one whose last bit is 0:
/// PyTorch's `tensor.to(torch.bfloat16)`. Past the largest it is infinity; a NaN stays one.
std::uint16_t to_bfloat16(float value);

}  // namespace imnet
