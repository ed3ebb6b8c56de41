#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "base/progress_bar.h"
#include "resolve/resolve_progress.h"

namespace imnet::app {

inline constexpr ProgressUnit images_unit{"images"};

/// Shows the progress of a run on standard error. A thread counts all inputs meanwhile; it starts only when
/// the bar is first drawn.
class ProgressReport {
public:
    /// Returns the number of all inputs; 0 if it is unknown, or if the token asks to stop.
    using CountInputs = std::function<std::uint64_t(const std::stop_token&)>;

    ProgressReport(ShowProgress when, std::string name, bool rows_on_terminal, CountInputs count);
    ~ProgressReport();
    ProgressReport(const ProgressReport&) = delete;
    ProgressReport& operator=(const ProgressReport&) = delete;

    /// Wipes the bar if rows are printed to the same terminal.
    void before_rows();

    void update(std::uint64_t rows, std::uint64_t failed);

    /// Stops counting and removes the bar.
    void finish();

    bool shown() const { return bar_ != nullptr; }

private:
    void start_counting();

    bool rows_on_terminal_;
    CountInputs count_;
    std::unique_ptr<ProgressBar> bar_;
    std::chrono::steady_clock::time_point counting_from_;
    std::atomic<std::uint64_t> total_ = 0;
    std::jthread counter_;
};

}  // namespace imnet::app
