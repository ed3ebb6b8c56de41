// Giving files names without ever replacing what stands there. Results are errno values: 0 where
// all went well, EEXIST where the name is taken, EXDEV where it is on another file system.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include <sys/stat.h>

namespace imnet {

/// Renames a file, in one step where the file system can do it; else the file has both names for a
/// moment.
int rename_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to);

/// Gives a file, or the one that a symbolic link leads to, a second name.
int link_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to);

/// Writes a new file and waits until it is on the disk. Mode and time of modification are those of
/// `like`, unless it is null. Nothing is left where that fails.
int write_new_file(const std::filesystem::path& path, std::span<const std::byte> bytes,
                   const struct stat* like);

/// Waits until the names in a folder are on the disk.
int sync_folder(const std::filesystem::path& folder);

}  // namespace imnet
