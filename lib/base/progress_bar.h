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

/// What is counted, and so how it is shown.
enum class ProgressUnit { bytes, images };

/// How far a piece of work is. `total` is 0 where it is unknown.
struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    double a_second = 0;
    std::uint64_t failed = 0;
};

/// "resnet50.pth  [=======             ]  39%  38.1 of 97.8 MiB  12.3 MiB/s  0:05 left" in at most
/// `columns` columns: where these are few the bar is left out, then what stands last.
std::string progress_line(std::string_view name, const Progress& progress, std::size_t columns,
                          ProgressUnit unit = ProgressUnit::bytes);

struct ProgressStyle {
    ProgressUnit unit = ProgressUnit::bytes;
    std::chrono::milliseconds delay{0};  ///< nothing is drawn before
    bool lines = false;                  ///< where `out` is no terminal, write a line now and then
};

/// A line on a terminal that shows how far some work is, drawn in place a few times a second and
/// wiped at the end. Where `out` is no terminal it draws nothing, or lines.
class ProgressBar {
public:
    ProgressBar(std::FILE* out, std::string name, ProgressStyle style = {});
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void update(std::uint64_t done, std::uint64_t total, std::uint64_t failed = 0);

    /// Wipes the line, so that another can be printed. The next update draws it again.
    void wipe();

    /// Wipes the line; where `out` is no terminal, writes how far the work has come.
    void finish();

private:
    using Clock = std::chrono::steady_clock;

    void write_line() const;

    std::FILE* out_;
    std::string name_;
    ProgressStyle style_;
    bool on_terminal_;
    bool drawn_ = false;
    std::optional<std::pair<Clock::time_point, std::uint64_t>> start_;  ///< when, and at which byte
    Clock::time_point next_drawing_;
    Progress last_;
};

}  // namespace imnet
