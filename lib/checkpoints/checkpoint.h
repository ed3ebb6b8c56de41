#pragma once

#include <filesystem>

#include "checkpoints/state_dict.h"

namespace imnet {

/// Reads the state dict of a checkpoint file. The container is told by the bytes, not by the name.
/// The file is mapped, not copied, and nothing in it is executed. Throws ModelError with one line
/// that names the file, what it is and what to do.
StateDict read_checkpoint(const std::filesystem::path& path);

}  // namespace imnet
