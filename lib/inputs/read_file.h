#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/errors.h"
#include "inputs/input.h"

namespace imnet {

/// A larger file is a `limits` error.
inline constexpr std::size_t max_file_bytes = std::size_t{1} << 30U;

/// Says from the first bytes of a file why the rest need not be read, if so.
using CheckStart = std::function<std::optional<InputError>(std::span<const std::byte> start)>;

/// All bytes of an input. They are read and not mapped, so that a file that is truncated meanwhile is an
/// error and not a crash. In a folder only regular files are read, so it never waits. A pipe that the user
/// gave ("-", `<(…)`) is read to its end; if a signal asks the program to stop, Interrupted is thrown. Bytes
/// that come with the input are moved out of it. A file of many megabytes is read only if `check` finds
/// nothing.
Expected<std::vector<std::byte>> read_file(Input& input, const CheckStart& check = {});

/// The same for a file that the user did not name.
Expected<std::vector<std::byte>> read_file(const std::filesystem::path& path);

}  // namespace imnet
