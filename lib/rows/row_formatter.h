#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "models/class_names.h"
#include "rows/row.h"

namespace imnet {

/// The formats of rows.
enum class Format { text, json, jsonl, csv, tsv };

/// The format of that name.
std::optional<Format> format_named(std::string_view name);

/// "text", "json", "jsonl", "csv" or "tsv".
std::string_view name(Format format);

/// Turns rows into the text of one format. The whole output is `head`, the rows in their order, and `tail`.
/// Each part ends with an end of line, except the rows of `json`.
class RowFormatter {
public:
    virtual ~RowFormatter() = default;
    virtual std::string head() const { return ""; }
    virtual std::string row(const Row& row) = 0;
    virtual std::string tail() const { return ""; }
};

/// For people: the path, then a line for each prediction. `decorated` adds bars and colours, and makes file
/// names safe to show on a terminal.
std::unique_ptr<RowFormatter> text_formatter(const ClassNames& class_names, bool decorated);

/// A JSON object for each row: one on each line (`jsonl`), or all in one array (`json`).
std::unique_ptr<RowFormatter> jsonl_formatter(const ClassNames& class_names);
std::unique_ptr<RowFormatter> json_formatter(const ClassNames& class_names);

/// A table with a header and a line for each prediction: RFC 4180 for `csv`. In `tsv`, tabs, ends of line and
/// backslashes are written as \t, \n, \r and \\, so that every row is one line.
std::unique_ptr<RowFormatter> csv_formatter(const ClassNames& class_names);
std::unique_ptr<RowFormatter> tsv_formatter(const ClassNames& class_names);

/// The header of such a table.
std::string_view table_header(Format format);

/// The formatter of that format.
std::unique_ptr<RowFormatter> row_formatter(Format format, const ClassNames& class_names, bool decorated);

}  // namespace imnet
