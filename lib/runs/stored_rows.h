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

/// A row that was read from an output file.
struct StoredRow {
    std::string path;  ///< as `stored_path` gives it
    bool failed = false;
    std::string bytes;  ///< all its lines, unchanged
};

/// The path that a row of that format holds: the exact path in jsonl; in tables with U+FFFD for bytes that
/// are not UTF-8.
std::string stored_path(const std::string& path, Format format);

/// Reads the rows of an output (jsonl, csv or tsv) one after the other. Incomplete rows that a crash leaves
/// at the end do not count: a line without its end, NUL bytes, an image with too few lines in a table.
class StoredRows {
public:
    /// An image has `lines_per_image` lines in a table; with `complete` the last image may have fewer. A
    /// missing file has no rows. Throws UsageError where the file does not begin as the format does.
    StoredRows(std::filesystem::path path, Format format, std::size_t lines_per_image, bool complete = false);
    ~StoredRows();
    StoredRows(StoredRows&&) noexcept;
    StoredRows& operator=(StoredRows&&) noexcept;

    /// The next row; nothing at the end, or where an incomplete row begins. Throws UsageError for a line that
    /// this program did not write.
    std::optional<StoredRow> next();

    /// The offset of the end of the last row that `next` gave, in bytes.
    std::uint64_t end() const;

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

}  // namespace imnet
