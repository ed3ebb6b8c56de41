#pragma once

#include <string_view>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Whether no tensor holds a NaN or an infinity.
bool all_finite(const StateDict& state_dict);

/// Throws ModelError, naming the first tensor that holds a NaN or an infinity (as float32: a float64
/// beyond its range counts), where there is one: a net with such weights answers NaN to everything.
/// `source` names the checkpoint. Reads every byte, at about the memory's speed.
void check_finite(const StateDict& state_dict, std::string_view source);

}  // namespace imnet
