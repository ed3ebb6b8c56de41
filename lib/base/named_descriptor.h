#pragma once

#include <filesystem>
#include <optional>

namespace imnet {

/// The open file of this process that a path names, such as /dev/stdout, /dev/fd/3 or a link to one of them.
/// Nothing for all other paths.
std::optional<int> named_descriptor(std::filesystem::path path);

}  // namespace imnet
