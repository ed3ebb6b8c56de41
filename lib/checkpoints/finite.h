#pragma once

#include <string_view>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Whether no tensor holds a NaN or an infinity.
bool all_finite(const StateDict& state_dict);

/// Throws ModelError, naming the first tensor that holds a NaN or an infinity as float32 (a float64 beyond
/// its range counts, too), because a net with such weights computes NaN for every picture. `source` names
/// the checkpoint. Reads every byte, about as fast as memory allows.
void check_finite(const StateDict& state_dict, std::string_view source);

}  // namespace imnet
