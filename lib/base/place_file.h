// Gives files new names and never replaces another file. Results are errno values: 0 for success, EEXIST
// where the name is taken, EXDEV where it is on another file system.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include <sys/stat.h>

namespace imnet {

/// Renames a file, atomically where the file system can do it; otherwise the file has both names for a
/// moment.
int rename_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes a hard link to a file; to its target where it is a symbolic link.
int link_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to);

/// Writes a new file and waits until it is on the disk. It gets the mode and the modification time of
/// `like`, unless that is null. On an error no file is left.
int write_new_file(const std::filesystem::path& path, std::span<const std::byte> bytes,
                   const struct stat* like);

/// Waits until the entries of a folder are on the disk.
int sync_folder(const std::filesystem::path& folder);

}  // namespace imnet
