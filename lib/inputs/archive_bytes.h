#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "base/errors.h"
#include "inputs/archive.h"

struct archive;

namespace imnet {

struct FreeArchive {
    void operator()(::archive* handle) const;
};
using ArchiveHandle = std::unique_ptr<::archive, FreeArchive>;

/// The bytes of an archive for libarchive's parsers: those of a file, inflated if it is compressed (gzip,
/// zstd, xz, bzip2). Counts the inflated bytes and stops at the limits; libarchive alone has no limit.
class ArchiveBytes {
public:
    /// Reads the descriptor from its current position, and does not close it.
    ArchiveBytes(int descriptor, const struct stat& status, const ArchiveLimits& limits);

    /// Inflates the following bytes if they are compressed. A stream is always read through the inflater.
    Expected<void> inflate();

    /// Opens a reader of members on these bytes; they must outlive it. Returns libarchive's status.
    int open(::archive* members);

    /// From now until `end_header` all bytes belong to one header and count towards its limit.
    void begin_header() { header_bytes_ = 0, in_header_ = true; }
    void end_header() { in_header_ = false; }

    /// Why reading these bytes failed, if it did.
    const std::optional<InputError>& error() const { return error_; }

    /// Inflates what follows the last member, so that the checksum at the end is read, too. Returns the
    /// error, if there is one. A stream of gzip data is checked for its end only.
    const std::optional<InputError>& check_rest();

    /// Whether so many inflated bytes are too many for the bytes read of the archive.
    bool is_too_much(std::uint64_t inflated) const;
    InputError too_much() const;

private:
    long read(const void** block);
    std::int64_t skip(std::int64_t count);
    std::int64_t seek(std::int64_t offset, int whence);
    long fail(InputError error);
    long read_inflated(const void** block);
    bool gzip_checksum_fits() const;

    int descriptor_;
    bool regular_;
    std::int64_t start_ = 0;
    std::int64_t position_ = 0;
    std::int64_t furthest_ = 0;
    std::int64_t size_ = 0;
    const ArchiveLimits& limits_;
    std::vector<char> buffer_;
    ArchiveHandle inflater_;
    std::uint64_t inflated_ = 0;
    std::uint32_t crc_ = 0;  ///< of all inflated bytes
    bool inflated_all_ = false;
    std::uint64_t header_bytes_ = 0;
    bool in_header_ = false;
    std::optional<InputError> error_;
};

/// The error message of libarchive, as one line of printable ASCII.
std::string archive_message(::archive* handle);

}  // namespace imnet
