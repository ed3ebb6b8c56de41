#pragma once

#include <string>

namespace imnet {

/// Forgets what the libraries of this module have printed on this thread.
void forget_printed_messages();

/// The first reason for a failure that libjxl has printed on this thread since then; empty if there is none.
std::string first_printed_failure();

}  // namespace imnet
