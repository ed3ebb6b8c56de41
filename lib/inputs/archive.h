#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/errors.h"
#include "inputs/input.h"

namespace imnet {

/// What no archive, however it is made, can make us exceed.
struct ArchiveLimits {
    /// A larger member is a `limits` error, and skipped. 256 MiB hold a picture of 85 megapixels
    /// without any compression.
    std::uint64_t max_member_bytes = std::uint64_t{256} << 20U;
    /// What tar may put before a member: its name, its extended attributes, its map of holes.
    std::uint64_t max_header_bytes = std::uint64_t{16} << 20U;
    /// An archive that inflates to more than `free_bytes` and `max_ratio` times what was read of it
    /// ends there with a `limits` error, whether its members are taken or skipped.
    std::uint64_t free_bytes = std::uint64_t{1} << 30U;
    std::uint64_t max_ratio = 100;
};

struct ArchiveOptions {
    bool all_names = false;  ///< also take members whose name has no image ending
    /// Whether the input of that path is asked for; the data of others is not read.
    std::function<bool(std::string_view)> wanted = [](std::string_view) { return true; };
    ArchiveLimits limits = {};
};

/// Opens an archive and gives its images in the order of the archive, with their bytes, as inputs
/// named `archive/member`. One member is in memory at a time; nothing is written and no link followed.
/// Zip where the name ends so, else tar, plain or in gzip or zstd as its bytes say. A member that
/// cannot be had is an input with its error; damage that ends the archive is one named as the archive.
Expected<NextInput> open_archive(const Input& archive, const ArchiveOptions& options);

}  // namespace imnet
