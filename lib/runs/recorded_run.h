#pragma once

#include <optional>
#include <string>

#include "base/file_lock.h"
#include "runs/run_record.h"

namespace imnet {

/// Holds an output file for one run: its lock, and its record OUT.run.json. A run that resumes has a
/// record from its start, any other gets it together with its output.
class RecordedRun {
public:
    /// Refuses with UsageError to resume what was made by other settings, or what has no record; with
    /// OutputError where another run has the file.
    RecordedRun(std::string output, bool resume, RunRecord record);
    ~RecordedRun();
    RecordedRun(const RecordedRun&) = delete;
    RecordedRun& operator=(const RecordedRun&) = delete;

    /// Takes the old record away, for the old output is about to be replaced.
    void forget_previous() const;

    /// Writes the record at the end. `seconds` is how long `done` images took.
    void finish(RunState state, std::uint64_t rows, std::uint64_t failed, std::uint64_t done, double seconds,
                std::string inputs_sha256);

    const RunRecord& record() const { return record_; }

private:
    std::string output_;
    FileLock lock_;
    RunRecord record_;
    std::optional<std::string> previous_end_;
    bool running_ = false;  // the record says so
};

}  // namespace imnet
