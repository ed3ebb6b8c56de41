#include "runs/recorded_run.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/output_file.h"
#include "base/utc_time.h"

namespace imnet {
namespace {

namespace fs = std::filesystem;

fs::path lock_path(const std::string& output) { return without_links(output).native() + ".lock"; }

[[noreturn]] void refuse_second_run(const std::string& output) {
    throw OutputError(fmt::format("{}: another run of imnet is writing it", output));
}

// The record of the run that is continued; nothing if there is no output to continue.
std::optional<RunRecord> find_previous(const std::string& output, const RunRecord& now) {
    const fs::path path = run_record_path(output);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
        const auto size = fs::file_size(output, ignored);
        if (ignored || size == 0) return std::nullopt;
        throw UsageError(
            fmt::format("{}: it cannot be resumed, because its record {} is missing: choose another -o",
                        output, path.native()));
    }
    const auto with_shard = [](const RunRecord& record) {
        Settings settings = record.settings;
        if (!record.shard.empty()) settings.emplace_back("shard", record.shard);
        return settings;
    };
    RunRecord previous = read_run_record(path);
    const std::string different = differences(with_shard(previous), with_shard(now));
    if (different.empty()) return previous;
    throw UsageError(fmt::format("{}: it cannot be resumed, because it was made with other settings: {}",
                                 output, different));
}

}  // namespace

RecordedRun::RecordedRun(std::string output, bool resume, RunRecord record)
    : output_(std::move(output)),
      lock_(lock_path(output_), [this] { refuse_second_run(output_); }),
      record_(std::move(record)) {
    if (!resume) return;
    if (auto previous = find_previous(output_, record_)) {
        record_.start = previous->start;
        record_.rows = previous->rows;
        record_.failed = previous->failed;
        record_.images_per_second = previous->images_per_second;
        previous_end_ = previous->end;
    }
    write_run_record(run_record_path(output_), record_);
    running_ = true;
}

// If an exception ends the run, the record is written here.
RecordedRun::~RecordedRun() {
    if (!running_) return;
    try {
        finish(RunState::interrupted, record_.rows, record_.failed, 0, 0, "");
    } catch (...) {  // the record keeps the state "running", which the next --resume accepts
    }
}

void RecordedRun::forget_previous() const { ::unlink(run_record_path(output_).c_str()); }

void RecordedRun::finish(RunState state, std::uint64_t rows, std::uint64_t failed, std::uint64_t done,
                         double seconds, std::string inputs_sha256) {
    running_ = false;
    record_.state = state;
    record_.rows = rows;
    record_.failed = failed;
    record_.inputs_sha256 = std::move(inputs_sha256);
    record_.end = done > 0 || !previous_end_ ? utc_now() : *previous_end_;
    if (done > 0 && seconds > 0) record_.images_per_second = static_cast<double>(done) / seconds;
    write_run_record(run_record_path(output_), record_);
}

}  // namespace imnet
