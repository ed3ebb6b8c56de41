// How the readers say no, and what a file is that none of them reads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace imnet {

/// Throws ModelError. The message does not hold the path: `read_checkpoint` puts it in front.
[[noreturn]] void refuse(std::string message);

/// Text out of an untrusted file, between single quotes, fit for one line of a terminal: bytes that
/// are not printable ASCII are escaped, and what is longer than 100 bytes is cut.
std::string in_quotes(std::string_view text);

/// Says what bytes are that are no checkpoint this program reads, and what to do about it:
/// `this is a Git LFS pointer, not a checkpoint: run 'git lfs pull'`.
std::string describe_foreign_file(std::span<const std::byte> bytes);

}  // namespace imnet
