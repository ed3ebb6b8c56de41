#pragma once

#include <span>
#include <string>

#include "models/model.h"

namespace imnet::app {

/// Prints one line on standard error: "imnet: …". Where that cannot be written, the line is dropped.
void say(const std::string& message);

/// Prints the notes about a model; if `quiet`, only the warnings.
void say(std::span<const ModelNote> notes, bool quiet);

}  // namespace imnet::app
