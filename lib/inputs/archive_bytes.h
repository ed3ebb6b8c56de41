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

/// The bytes of an archive as libarchive reads them: those of a file, or what gzip or zstd inflates
/// them to. libarchive's own inflating runs as far as its parsers ask; this counts, and ends it.
class ArchiveBytes {
public:
    /// Reads the descriptor from where it stands, and does not close it.
    ArchiveBytes(int descriptor, const struct stat& status, const ArchiveLimits& limits);

    /// Inflates what follows, where it is compressed or cannot be told because it is a stream.
    Expected<void> inflate();

    /// Opens a reader of members on these bytes; they must outlive it. Returns libarchive's status.
    int open(::archive* members);

    /// From now on until `end_header` the bytes belong to one header, which has its limit.
    void begin_header() { header_bytes_ = 0, in_header_ = true; }
    void end_header() { in_header_ = false; }

    /// Why reading failed, where it is these bytes that did.
    const std::optional<InputError>& error() const { return error_; }

    /// Whether a member's data, inflated so far, is more than the bytes read of the archive allow.
    bool is_too_much(std::uint64_t inflated) const;
    InputError too_much() const;

private:
    long read(const void** block);
    std::int64_t skip(std::int64_t count);
    std::int64_t seek(std::int64_t offset, int whence);
    long fail(InputError error);
    long read_inflated(const void** block);

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
    bool inflated_all_ = false;
    std::uint64_t header_bytes_ = 0;
    bool in_header_ = false;
    std::optional<InputError> error_;
};

/// What libarchive says went wrong, as one line of printable ASCII.
std::string archive_message(::archive* handle);

}  // namespace imnet
