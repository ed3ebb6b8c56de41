#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/output_file.h"
#include "base/sha256.h"
#include "rows/row_formatter.h"
#include "runs/recorded_run.h"
#include "runs/resume.h"
#include "runs/row_order.h"

namespace imnet {

/// The output of a run.
struct OutputPlan {
    std::string path;  ///< "-" is standard output
    Format format = Format::text;
    bool resume = false;
    bool retry_failed = false;

    bool recorded() const { return is_file_to_write(path); }
};

/// Writes and counts the rows of a run. If the run is resumed, it finds the inputs whose rows the output
/// holds already. At the end it writes the record and, for a shard, OUT.order.
class RunOutput {
public:
    /// `run` is null if there is no record. `predictions_a_row` is the number of predictions in a complete
    /// row.
    RunOutput(const OutputPlan& plan, RecordedRun* run, const ClassNames& class_names,
              std::size_t predictions_a_row);

    /// Counts an input of the run, of this shard or another. Call it for every input, in order.
    void saw(std::string_view path);

    /// Whether the output already holds a row for this input of this shard. Call it right after `saw`.
    bool holds(const std::string& path);

    /// Writes whole rows, with one system call unless they are large.
    void write(std::span<const Row> rows);

    /// Ends the output. `complete` means that every input has its row. An incomplete output that is not
    /// written in place is dropped unless `keep` is set.
    void finish(bool complete, bool keep);

    std::uint64_t rows() const;
    std::uint64_t failed() const;
    std::uint64_t written() const { return written_; }  ///< rows that this run wrote
    double seconds() const;                             ///< since the run began
    bool is_terminal() const { return out_.is_terminal(); }

private:
    void note_number();
    void begin_appending();
    void finish_in_place(bool complete);
    void finish_replaced(bool complete);
    std::string inputs_hash(bool complete);

    RecordedRun* run_;
    OutputPlan plan_;
    OutputFile out_;
    std::unique_ptr<RowFormatter> formatter_;
    std::optional<ResumedRows> resumed_;
    bool appending_ = false;
    bool ordered_ = true;  ///< no row shares a number with the previous one
    std::uint64_t next_number_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t inputs_ = 0;
    Sha256 inputs_hash_;
    RowOrder order_;
    std::chrono::steady_clock::time_point start_, last_sync_;
};

}  // namespace imnet
