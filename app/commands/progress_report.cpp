#include "commands/progress_report.h"

#include <utility>

#include <unistd.h>

namespace imnet::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds short_work{1000};

// Rows on the same terminal show the progress already.
bool wanted(ShowProgress when, bool rows_on_terminal) {
    if (when != ShowProgress::automatic) return when == ShowProgress::always;
    return !rows_on_terminal && ::isatty(STDERR_FILENO) == 1;
}

}  // namespace

ProgressReport::ProgressReport(ShowProgress when, std::string name, bool rows_on_terminal, CountInputs count)
    : rows_on_terminal_(rows_on_terminal && ::isatty(STDERR_FILENO) == 1), count_(std::move(count)) {
    if (!wanted(when, rows_on_terminal)) return;
    const bool always = when == ShowProgress::always;
    const std::chrono::milliseconds delay = always ? std::chrono::milliseconds(0) : short_work;
    bar_ = std::make_unique<ProgressBar>(STDERR_FILENO, std::move(name),
                                         ProgressStyle{images_unit, delay, always});
    counting_from_ = Clock::now() + delay;
}

ProgressReport::~ProgressReport() { finish(); }

void ProgressReport::before_rows() {
    if (bar_ && rows_on_terminal_) bar_->wipe();
}

void ProgressReport::update(std::uint64_t rows, std::uint64_t failed) {
    if (!bar_) return;
    if (!counter_.joinable() && Clock::now() >= counting_from_) start_counting();
    const std::uint64_t total = total_;
    bar_->update(rows, total < rows ? 0 : total, failed);
}

void ProgressReport::start_counting() {
    counter_ = std::jthread([this](const std::stop_token& stop) { total_ = count_(stop); });
}

void ProgressReport::finish() {
    if (counter_.joinable()) {
        counter_.request_stop();
        counter_.join();
    }
    if (auto bar = std::exchange(bar_, nullptr)) bar->finish();
}

}  // namespace imnet::app
