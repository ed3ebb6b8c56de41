#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "rows/row_formatter.h"

namespace imnet {

/// A row of an output file.
struct StoredRow {
    std::string path;  ///< as `stored_path` gives it
    bool failed = false;
    std::string bytes;  ///< all its lines
};

/// How a path comes back from a file of that format: exactly from jsonl; from tables with U+FFFD for
/// what is not UTF-8.
std::string stored_path(const std::string& path, Format format);

/// Reads the rows of an output (jsonl, csv or tsv) one after the other. What a crash leaves at the
/// end is no row: a line without its end, NUL bytes, an image with fewer lines than labels.
class StoredRows {
public:
    /// `labels` is the number of lines of an image in a table; with `complete` the last image may also
    /// have fewer. A file that is missing has no rows. Throws UsageError where the file does not begin
    /// as the format does.
    StoredRows(std::filesystem::path path, Format format, std::size_t labels_a_row, bool complete = false);
    ~StoredRows();
    StoredRows(StoredRows&&) noexcept;
    StoredRows& operator=(StoredRows&&) noexcept;

    /// The next row; nothing at the end, or where what a crash left begins. Throws UsageError for a
    /// line that this program has not written.
    std::optional<StoredRow> next();

    /// How many bytes, from the start of the file, are rows that `next` has given.
    std::uint64_t end() const;

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace imnet
