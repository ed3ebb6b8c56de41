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

/// Shows on standard error how far a run is. How many inputs there are is counted meanwhile, by a
/// thread that starts only once there is something to show.
class ProgressReport {
public:
    /// Counts all inputs; it gives up and returns 0 when asked to stop, or where it cannot tell.
    using CountInputs = std::function<std::uint64_t(const std::stop_token&)>;

    ProgressReport(ShowProgress when, std::string name, bool rows_on_terminal, CountInputs count);
    ~ProgressReport();
    ProgressReport(const ProgressReport&) = delete;
    ProgressReport& operator=(const ProgressReport&) = delete;

    /// Makes room on a terminal that rows are printed to, too.
    void before_rows();

    void update(std::uint64_t rows, std::uint64_t failed);

    /// Takes the bar away.
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
