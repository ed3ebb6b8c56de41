#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "base/errors.h"
#include "inputs/input.h"

namespace imnet {

/// A larger file is a `limits` error.
inline constexpr std::size_t max_file_bytes = std::size_t{1} << 30U;

/// All bytes of an input. They are read and not mapped, so that a file that is truncated meanwhile is an
/// error and not a crash. In a folder only regular files are read, so it never waits. A pipe that the user
/// gave ("-", `<(…)`) is read to its end; if a signal asks the program to stop, Interrupted is thrown. Bytes
/// that come with the input are moved out of it.
Expected<std::vector<std::byte>> read_file(Input& input);

/// The same for a file that the user did not name.
Expected<std::vector<std::byte>> read_file(const std::filesystem::path& path);

}  // namespace imnet
