#pragma once

#include <string>

namespace imnet {

/// The processor's name from Linux; "unknown" where there is none.
std::string cpu_model();

}  // namespace imnet
