#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace imnet {

/// How far a download is. `total` is 0 where it is unknown.
struct ByteProgress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    double bytes_a_second = 0;
};

/// "resnet50.pth  [=======             ]  39%  38.1 of 97.8 MiB  12.3 MiB/s  0:05 left" in at most
/// `columns` columns: where these are few the bar is left out, then what stands last.
std::string progress_line(std::string_view name, const ByteProgress& progress, std::size_t columns);

/// A line on a terminal that shows how far a download is, drawn in place a few times a second and
/// wiped at the end. Where `out` is no terminal it draws nothing.
class ProgressBar {
public:
    ProgressBar(std::FILE* out, std::string name);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void update(std::uint64_t done, std::uint64_t total);

    /// Wipes the line, so that another can be printed.
    void wipe();

private:
    using Clock = std::chrono::steady_clock;

    std::FILE* out_;
    std::string name_;
    bool on_terminal_;
    bool drawn_ = false;
    std::optional<std::pair<Clock::time_point, std::uint64_t>> start_;  ///< when, and at which byte
    Clock::time_point next_drawing_;
};

}  // namespace imnet
