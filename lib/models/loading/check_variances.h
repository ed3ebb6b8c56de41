#pragma once

#include <string_view>

#include "models/architecture.h"
#include "models/parameters.h"

namespace imnet {

/// Throws ModelError, naming the tensor and the value, where a running variance and the eps of its norm do
/// not add up to more than 0: the root of that is NaN or 0, and so every prediction would be NaN. `source`
/// names the checkpoint.
void check_variances(const Architecture& architecture, const Parameters& parameters, std::string_view source);

}  // namespace imnet
