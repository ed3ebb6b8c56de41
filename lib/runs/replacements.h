#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runs/path_key.h"
#include "runs/stored_rows.h"

namespace imnet {

/// Rows that will stand in the place of failed ones. Their text waits in a file without a name beside
/// the output, so memory holds a few bytes a row.
class Replacements {
public:
    /// Throws OutputError.
    explicit Replacements(std::filesystem::path output);
    ~Replacements();
    Replacements(const Replacements&) = delete;
    Replacements& operator=(const Replacements&) = delete;

    /// Keeps the row's text for that path, in the place of what was kept before.
    void add(std::string_view path, std::string_view text);

    /// Writes the output anew, where each failed row that has a replacement is replaced; it stays as
    /// it is where nothing has been added. A crash leaves the old or the new output.
    void apply(Format format, std::size_t labels_a_row) const;

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
