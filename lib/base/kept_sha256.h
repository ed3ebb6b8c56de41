// The SHA-256 of a downloaded file, kept beside it in FILE.sha256. That is one line as sha256sum writes
// it, so that `sha256sum -c FILE.sha256` checks the file, too.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace imnet {

/// FILE.sha256.
std::filesystem::path kept_sha256_path(const std::filesystem::path& file);

/// The hash that is kept for the file, 64 lower-case hexadecimal digits; nothing where none is kept.
/// Throws ModelError where FILE.sha256 holds something else.
std::optional<std::string> read_kept_sha256(const std::filesystem::path& file);

/// Keeps the hash. Throws OutputError.
void keep_sha256(const std::filesystem::path& file, const std::string& sha256);

}  // namespace imnet
