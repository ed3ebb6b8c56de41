#pragma once

#include <string>

namespace imnet {

/// The processor's name as Linux tells it, "unknown" where it does not.
std::string cpu_model();

}  // namespace imnet
