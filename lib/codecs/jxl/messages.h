#pragma once

#include <string>

namespace imnet {

/// Forgets what libjxl has printed on this thread.
void forget_jxl_messages();

/// The first reason for a failure that libjxl has printed on this thread since then; empty if there is none.
std::string first_jxl_message();

}  // namespace imnet
