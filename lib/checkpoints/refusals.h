// How the readers refuse a file, and descriptions of files that none of them reads.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace imnet {

/// Throws ModelError. The message does not hold the path: `read_checkpoint` puts it in front.
[[noreturn]] void refuse(std::string message);

/// Text from an untrusted file in single quotes, safe to print on one line: bytes that are not printable
/// ASCII are escaped, and longer text is cut after 100 bytes.
std::string in_quotes(std::string_view text);

/// Says what a file is that this program does not read, and what to do about it:
/// `this is a Git LFS pointer, not a checkpoint: run 'git lfs pull'`.
std::string describe_foreign_file(std::span<const std::byte> bytes);

}  // namespace imnet
