// OUT.run.json beside an output: how its rows were made, and how much of the run is done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "runs/settings.h"

namespace imnet {

enum class RunState { running, interrupted, complete };

struct RunRecord {
    std::string version;               ///< of imnet
    std::vector<std::string> command;  ///< as the user typed it
    std::string directory;             ///< the working directory
    std::string weights;               ///< name, file, or "random, seed 0"
    std::string device;                ///< "cpu", "cuda:0"
    std::string cpu;
    int threads = 0;
    std::string start, end;  ///< ISO 8601, UTC; `end` is empty while it runs
    RunState state = RunState::running;
    std::uint64_t rows = 0;
    std::uint64_t failed = 0;
    double images_per_second = 0;     ///< of the last run or resumed part
    std::string shard;                ///< "1/4"; empty for a whole run
    std::string inputs_sha256;        ///< over all paths, before any sharding; empty until complete
    std::vector<std::string> merged;  ///< the outputs that this one was joined from
    Settings settings;
};

/// OUT.run.json.
std::filesystem::path run_record_path(const std::filesystem::path& output);

/// Writes the record atomically: a reader sees the old record or the new one. Throws OutputError.
void write_run_record(const std::filesystem::path& path, const RunRecord& record);

/// Reads a record. Throws UsageError that names the file where it is not a record.
RunRecord read_run_record(const std::filesystem::path& path);

}  // namespace imnet
