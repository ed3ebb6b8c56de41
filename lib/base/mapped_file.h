#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace imnet {

/// A regular file mapped read-only into memory for as long as this object lives. Movable, not
/// copyable. An empty file maps to an empty span.
class MappedFile {
public:
    /// Throws std::system_error where the file cannot be opened or is not a regular file.
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;

    std::span<const std::byte> bytes() const { return bytes_; }

private:
    std::span<const std::byte> bytes_;
};

}  // namespace imnet
