#pragma once

#include <cstddef>

namespace imnet {

/// How the CPU engine keeps weights and activations. `bf16_by_rounding` serves processors
/// without fast bfloat16 arithmetic: it computes in float32 and rounds to bfloat16 wherever `bf16` would store a value.
/// The results are those of bf16, but it is no faster.
enum class Arithmetic { fp32, bf16, bf16_by_rounding };

/// Bytes of a weight or activation.
constexpr std::size_t element_bytes(Arithmetic arithmetic) { return arithmetic == Arithmetic::bf16 ? 2 : 4; }

}  // namespace imnet
