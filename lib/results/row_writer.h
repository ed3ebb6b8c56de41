#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/output_file.h"
#include "models/labels.h"
#include "results/row.h"

namespace imnet {

/// How rows are shown.
enum class Format { text, json, jsonl, csv, tsv };

/// Writes rows in one format. Every call to `write` hands whole lines to the operating system.
class RowWriter {
public:
    virtual ~RowWriter() = default;
    virtual void write(const Row& row) = 0;
    /// What stands after the last row; nothing may be written after it.
    virtual void finish() {}
};

/// For people: the path, then a line a label. `decorated` adds bars and colours and makes file
/// names safe to show on a terminal.
std::unique_ptr<RowWriter> text_writer(OutputFile& out, const Labels& labels, bool decorated);

/// An object a row, one a line (`jsonl`), or one array of the same objects (`json`).
std::unique_ptr<RowWriter> jsonl_writer(OutputFile& out, const Labels& labels);
std::unique_ptr<RowWriter> json_writer(OutputFile& out, const Labels& labels);

/// A table with a header and a line a label: RFC 4180 for `csv`; `tsv` writes \t, \n, \r and \\ for
/// these characters, so that a line is a row for every tool.
std::unique_ptr<RowWriter> csv_writer(OutputFile& out, const Labels& labels);
std::unique_ptr<RowWriter> tsv_writer(OutputFile& out, const Labels& labels);

/// The writer of that format.
std::unique_ptr<RowWriter> row_writer(Format format, OutputFile& out, const Labels& labels);

}  // namespace imnet
