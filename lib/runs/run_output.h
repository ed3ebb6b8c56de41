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

/// Where the rows of a run go.
struct OutputPlan {
    std::string path;  ///< "-" is standard output
    Format format = Format::text;
    bool resume = false;
    bool retry_failed = false;

    bool recorded() const { return is_file_to_write(path); }
};

/// The rows of a run on their way to where they go. It counts them, leaves out what a resumed output
/// holds, and makes file and record agree at the end.
class RunOutput {
public:
    /// `run` is null where there is no record. `predictions_a_row` is how many a row has in the end.
    RunOutput(const OutputPlan& plan, RecordedRun* run, const ClassNames& class_names,
              std::size_t predictions_a_row);

    /// Takes notice of an input of the run, be it of this shard or of another. In their order.
    void saw(std::string_view path);

    /// Whether the output holds the row of the input that was seen last, which is of this shard.
    bool holds(const std::string& path);

    /// Writes whole rows, in one go where the system takes them so.
    void write(std::span<const Row> rows);

    /// Ends the output. `complete`: all inputs have their rows; else what was not written in place
    /// is dropped, unless `keep`.
    void finish(bool complete, bool keep);

    std::uint64_t rows() const;
    std::uint64_t failed() const;
    std::uint64_t written() const { return written_; }  ///< by this run
    double seconds() const;                             ///< since it began
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
    bool ordered_ = true;  ///< every row has a number of its own
    std::uint64_t next_number_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t inputs_ = 0;
    Sha256 inputs_hash_;
    RowOrder order_;
    std::chrono::steady_clock::time_point start_, last_sync_;
};

}  // namespace imnet
