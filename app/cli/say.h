#pragma once

#include <span>
#include <string>

#include "models/model.h"

namespace imnet::app {

/// Prints one line on standard error: "imnet: …".
void say(const std::string& message);

/// Prints what a user should know of a model; if `quiet`, the warnings alone.
void say(std::span<const ModelNote> notes, bool quiet);

}  // namespace imnet::app
