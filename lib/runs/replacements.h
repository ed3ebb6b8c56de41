#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runs/path_key.h"
#include "runs/stored_rows.h"

namespace imnet {

/// Collects rows that will replace failed ones. Their text is kept in an unnamed file beside the output, so
/// that memory holds only a few bytes for each row.
class Replacements {
public:
    /// Throws OutputError.
    explicit Replacements(std::filesystem::path output);
    ~Replacements();
    Replacements(const Replacements&) = delete;
    Replacements& operator=(const Replacements&) = delete;

    /// Keeps the text of the new row for that path; it replaces one that was kept before.
    void add(std::string_view path, std::string_view text);

    /// Rewrites the output with each failed row replaced for which there is a new one. Without new rows the
    /// output stays as it is. A crash leaves either the old or the new output.
    void apply(Format format, std::size_t lines_per_image) const;

private:
    struct Place {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    std::string read(const Place& place) const;
    [[noreturn]] void fail(int error) const;

    std::filesystem::path output_;
    int fd_ = -1;
    std::uint64_t end_ = 0;
    std::unordered_map<PathKey, Place, PathKeyHash> places_;
};

}  // namespace imnet
