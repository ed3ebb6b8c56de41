#include "base/progress_bar.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/standard_streams.h"

namespace imnet {
namespace {

constexpr std::size_t least_cells = 10;
constexpr std::size_t most_cells = 40;
constexpr std::size_t widest_line = 120;
constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::chrono::milliseconds between_lines{5000};

std::string amounts(const Progress& progress, const ProgressUnit& unit) {
    const auto shown = [&](std::uint64_t count) {
        return fmt::format("{:.{}f}", static_cast<double>(count) / unit.size, unit.decimals);
    };
    return progress.total > 0
               ? fmt::format("{} of {} {}", shown(progress.done), shown(progress.total), unit.name)
               : fmt::format("{} {}", shown(progress.done), unit.name);
}

std::string figures(const Progress& progress, const ProgressUnit& unit) {
    std::string text = amounts(progress, unit);
    if (progress.a_second > 0) {
        text += fmt::format("  {:.1f} {}/s", progress.a_second / unit.size, unit.name);
        if (progress.total >= progress.done) {
            const double left = static_cast<double>(progress.total - progress.done) / progress.a_second;
            const auto seconds = static_cast<std::int64_t>(std::min(left + 0.5, 359'999.0));
            text += fmt::format("  {}:{:02} left", seconds / 60, seconds % 60);
        }
    }
    if (progress.failed > 0) text += fmt::format("  {} failed", progress.failed);
    return text;
}

std::size_t columns_of(int terminal) {
    winsize size{};
    const bool known = ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(std::string_view name, const Progress& progress, std::size_t columns,
                          const ProgressUnit& unit) {
    std::string line = fmt::format("{}  ", name);
    const std::string text = figures(progress, unit);
    if (progress.total > 0) {
        const double part =
            std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
        const std::string percent = fmt::format("{:3.0f}%  ", 100 * part);
        const std::size_t others =
            line.size() + std::string_view("[]  ").size() + percent.size() + text.size();
        if (columns >= others + least_cells) {
            const std::size_t cells = std::min(columns - others, most_cells);
            const auto full = static_cast<std::size_t>(part * static_cast<double>(cells));
            line += fmt::format("[{}{}]  ", std::string(full, '='), std::string(cells - full, ' '));
        }
        line += percent;
    }
    return (line + text).substr(0, columns);
}

ProgressBar::ProgressBar(int out, std::string name, ProgressStyle style)
    : out_(out),
      name_(std::move(name)),
      style_(style),
      on_terminal_(::isatty(out) == 1),
      next_drawing_(Clock::now() + style.delay) {}

ProgressBar::~ProgressBar() { wipe(); }

void ProgressBar::update(std::uint64_t done, std::uint64_t total, std::uint64_t failed) {
    if (!on_terminal_ && !style_.lines) return;
    const Clock::time_point now = Clock::now();
    if (!start_ || done < start_->second) start_ = {now, done};  // the work started again
    const double seconds = std::chrono::duration<double>(now - start_->first).count();
    const double rate = seconds > 0 ? static_cast<double>(done - start_->second) / seconds : 0;
    last_ = {done, total, rate, failed};
    if (now < next_drawing_) return;
    next_drawing_ = now + (on_terminal_ ? between_drawings : between_lines);
    if (!on_terminal_) return write_line();
    // The last column stays empty, because some terminals wrap as soon as it is written.
    print_for_people("\r\x1b[K" + progress_line(name_, last_, columns_of(out_) - 1, style_.unit), out_);
    drawn_ = true;
}

void ProgressBar::write_line() const {
    print_for_people(progress_line(name_, last_, widest_line, style_.unit) + "\n", out_);
}

void ProgressBar::wipe() {
    if (!std::exchange(drawn_, false)) return;
    print_for_people("\r\x1b[K", out_);
}

void ProgressBar::finish() {
    wipe();
    if (!on_terminal_ && style_.lines) write_line();
}

}  // namespace imnet
