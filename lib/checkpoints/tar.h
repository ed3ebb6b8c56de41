// The part of the tar format that PyTorch 0.1.0 wrote: plain files (POSIX.1-1988 ustar), with PAX
// headers (POSIX.1-2001) before them that tell times and owners.
//
// Refused: links, folders and devices; PAX headers that change a path or size; repeated names; wrong
// checksums; members that leave the file.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string_view>

namespace imnet {

/// Whether the bytes start with a tar header.
bool is_tar(std::span<const std::byte> file);

/// The members by name, in place. Throws ModelError.
std::map<std::string_view, std::span<const std::byte>> read_tar(std::span<const std::byte> file);

}  // namespace imnet
