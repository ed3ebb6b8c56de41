#pragma once

#include <optional>
#include <string>

#include "base/file_lock.h"
#include "runs/run_record.h"

namespace imnet {

/// Locks an output file for one run, and writes its record OUT.run.json: with --resume from the start of the
/// run, otherwise together with the output at its end.
class RecordedRun {
public:
    /// Throws UsageError if an output to resume has no record or was made with other settings, and
    /// OutputError if another run is writing the file.
    RecordedRun(std::string output, bool resume, RunRecord record);
    ~RecordedRun();
    RecordedRun(const RecordedRun&) = delete;
    RecordedRun& operator=(const RecordedRun&) = delete;

    /// Removes the old record. To be called before the old output is replaced.
    void forget_previous() const;

    /// Writes the record at the end of the run, which classified `done` images in `seconds`.
    void finish(RunState state, std::uint64_t rows, std::uint64_t failed, std::uint64_t done, double seconds,
                std::string inputs_sha256);

    const RunRecord& record() const { return record_; }

private:
    std::string output_;
    FileLock lock_;
    RunRecord record_;
    std::optional<std::string> previous_end_;
    bool running_ = false;  // the record has the state "running"
};

}  // namespace imnet
