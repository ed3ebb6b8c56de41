#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace imnet {

/// What is counted, and how amounts of it are shown.
struct ProgressUnit {
    std::string_view name;  ///< shown after an amount: "images"; it must outlive the bar
    double size = 1;        ///< how many counted items make one shown unit
    int decimals = 0;       ///< digits after the decimal point of an amount; a rate has one
};

/// For work that counts bytes.
inline constexpr ProgressUnit mebibytes{"MiB", 1 << 20, 1};

/// The progress of some work. `total` is 0 if it is unknown.
struct Progress {
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    double a_second = 0;
    std::uint64_t failed = 0;
};

/// "resnet50.pth  [=======             ]  39%  38.1 of 97.8 MiB  12.3 MiB/s  0:05 left" in at most
/// `columns` columns. If these are too few, the bar is left out first; then the line is cut.
std::string progress_line(std::string_view name, const Progress& progress, std::size_t columns,
                          const ProgressUnit& unit = mebibytes);

struct ProgressStyle {
    ProgressUnit unit = mebibytes;
    std::chrono::milliseconds delay{0};  ///< before anything is drawn
    bool lines = false;                  ///< if `out` is not a terminal, write a line every few seconds
};

/// A line on a terminal that shows how far some work is. It is redrawn in place a few times a second and
/// wiped at the end. If `out`, a file descriptor, is not a terminal, nothing is drawn, or lines are written.
/// What cannot be written is dropped.
class ProgressBar {
public:
    ProgressBar(int out, std::string name, ProgressStyle style = {});
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void update(std::uint64_t done, std::uint64_t total, std::uint64_t failed = 0);

    /// Wipes the line, so that other text can be printed. The next update draws it again.
    void wipe();

    /// Wipes the line. If `out` is not a terminal and lines are wanted, writes a last one.
    void finish();

private:
    using Clock = std::chrono::steady_clock;

    void write_line() const;

    int out_;
    std::string name_;
    ProgressStyle style_;
    bool on_terminal_;
    bool drawn_ = false;
    std::optional<std::pair<Clock::time_point, std::uint64_t>>
        start_;  ///< when the work started, and at which amount
    Clock::time_point next_drawing_;
    Progress last_;
};

}  // namespace imnet
