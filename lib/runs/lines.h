#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace imnet {

/// Reads the lines of a file one after the other. Its memory is one block and the longest line.
class Lines {
public:
    /// With `quoted`, an end of line inside double quotes is part of the line, as in csv. A missing file
    /// has no lines.
    /// Throws OutputError where it cannot be read.
    Lines(std::filesystem::path path, bool quoted);
    ~Lines();
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    /// The next line with its end, valid until the next call. Nothing at the end of the file (an incomplete
    /// last line is not given), or at a NUL byte, which a file system may leave after a power failure.
    std::optional<std::string_view> next();

    /// The number of the last line that `next` gave, from 1.
    std::uint64_t number() const { return number_; }
    const std::filesystem::path& path() const { return path_; }

private:
    std::optional<std::size_t> find_end();
    bool read_more();

    std::filesystem::path path_;
    bool quoted_;
    int fd_ = -1;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the next line
    std::size_t scanned_ = 0;  // its end is not before this
    bool in_quotes_ = false;
    std::uint64_t number_ = 0;
};

}  // namespace imnet
