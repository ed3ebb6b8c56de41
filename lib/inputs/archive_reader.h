#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "inputs/archive.h"

namespace imnet {

struct ArchiveMember {
    enum class Kind { file, folder, link, special };
    std::string name;  ///< as it is stored
    Kind kind = Kind::file;
    bool encrypted = false;
    std::optional<std::uint64_t> size;
};

/// The error of a member that is larger than the limit.
InputError too_large(const ArchiveLimits& limits);

/// Reads an archive from front to back with libarchive. After an error that ends the archive (`is_broken`),
/// do not call `next` or `read` again.
class ArchiveReader {
public:
    enum class Family { tar, zip };

    /// The descriptor stays open. Errors: `format` (no such archive), `io`, `decode`.
    static Expected<ArchiveReader> open(int descriptor, const struct stat& status, Family family,
                                        const ArchiveLimits& limits);
    ~ArchiveReader();
    ArchiveReader(ArchiveReader&&) noexcept;
    ArchiveReader& operator=(ArchiveReader&&) noexcept;

    /// The next member, nothing at the end. An error ends the archive.
    Expected<std::optional<ArchiveMember>> next();

    /// The data of the member; call it once. Errors: `limits` (too large), `decode`.
    Expected<std::vector<std::byte>> read();

    bool is_broken() const;

    /// Whether it is broken because the members that were read inflate to too many bytes. A reader that
    /// skips these members does not find that.
    bool is_spent() const;

    /// Whether all members can be listed without their data: a zip with its directory.
    bool has_directory() const;

private:
    struct State;
    explicit ArchiveReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace imnet
