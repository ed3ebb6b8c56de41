#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/errors.h"
#include "inputs/input.h"

namespace imnet {

/// Limits that hold for every archive, even a malicious one.
struct ArchiveLimits {
    /// A larger member is skipped with a `limits` error. An uncompressed picture of 85 megapixels has
    /// 256 MiB.
    std::uint64_t max_member_bytes = std::uint64_t{256} << 20U;
    /// A limit for everything that tar may store before a member: name, extended attributes, sparse map.
    std::uint64_t max_header_bytes = std::uint64_t{16} << 20U;
    /// An archive that inflates to more than `free_bytes` and to more than `max_ratio` times the bytes read
    /// of it ends there with a `limits` error, whether its members are read or skipped.
    std::uint64_t free_bytes = std::uint64_t{1} << 30U;
    std::uint64_t max_ratio = 100;
};

struct ArchiveOptions {
    bool all_names = false;  ///< also take members whose name has no image ending
    /// Whether the input of that path is wanted. The data of other inputs is not read.
    std::function<bool(std::string_view)> wanted = [](std::string_view) { return true; };
    ArchiveLimits limits = {};
};

/// Opens an archive and returns its images with their bytes, in the order of the archive, as inputs named
/// `archive/member`. One member is in memory at a time. Nothing is written, and links are not followed. A
/// name that ends in .zip is a zip archive, any other a tar archive; its bytes say whether gzip, bzip2, xz or
/// zstd is used. A member that cannot be read is an input with an error; damage that ends the archive is an
/// input with an error and the name of the archive.
Expected<NextInput> open_archive(const Input& archive, const ArchiveOptions& options);

}  // namespace imnet
