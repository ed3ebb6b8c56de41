// What stands in OUT.run.json beside an output: how its rows were made, and how far the run came.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imnet {

/// What changes rows, readable: {"top", "5"}, {"precision", "fp32"} … Runs whose settings are equal
/// make the same rows. A setting that is not in use is left out.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// SHA-256 over the settings, in whatever order they stand.
std::string fingerprint(Settings settings);

/// "top was 5, is 3; draft was not set, is yes"; empty where they are equal.
std::string differences(const Settings& then, const Settings& now);

enum class RunState { running, interrupted, complete };

struct RunRecord {
    std::string version;               ///< of imnet
    std::vector<std::string> command;  ///< as typed
    std::string directory;             ///< in which it was typed
    std::string weights;               ///< name, file, or "random, seed 0"
    std::string device;                ///< "cpu", "cuda:0"
    std::string cpu;
    int threads = 0;
    std::string start, end;  ///< ISO 8601, UTC; `end` is empty while it runs
    RunState state = RunState::running;
    std::uint64_t rows = 0;
    std::uint64_t failed = 0;
    double images_per_second = 0;     ///< while it ran last
    std::string shard;                ///< "1/4"; empty for a whole run
    std::string inputs_sha256;        ///< over all paths, before any sharding; empty until complete
    std::vector<std::string> merged;  ///< the outputs that this one was joined from
    Settings settings;
};

/// OUT.run.json.
std::filesystem::path run_record_path(const std::filesystem::path& output);

/// Writes the record, so that the file holds the whole old or the whole new one. Throws OutputError.
void write_run_record(const std::filesystem::path& path, const RunRecord& record);

/// Reads a record. Throws UsageError that names the file where it is none.
RunRecord read_run_record(const std::filesystem::path& path);

/// The time now, "2026-11-24T09:30:00Z".
std::string utc_now();

}  // namespace imnet
