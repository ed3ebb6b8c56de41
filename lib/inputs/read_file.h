#pragma once

#include <cstddef>
#include <vector>

#include "base/errors.h"
#include "inputs/input.h"

namespace imnet {

/// Bytes of one file that are read at most; a larger file is a `limits` error.
inline constexpr std::size_t max_file_bytes = std::size_t{1} << 30U;

/// All bytes of an input, read and not mapped, so that a file that is cut meanwhile is an error
/// and not a signal. Never waits: in a folder only regular files are read. A pipe is read to its
/// end where the user named it ("-", `<(…)`), until a signal asks the run to stop: then it throws
/// Interrupted. Bytes that the input brings are taken out of it.
Expected<std::vector<std::byte>> read_file(Input& input);

}  // namespace imnet
