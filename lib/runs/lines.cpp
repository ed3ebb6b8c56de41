#include "runs/lines.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/errors.h"

namespace imnet {
namespace {

constexpr std::size_t block = 1 << 18;

}  // namespace

Lines::Lines(std::filesystem::path path, bool quoted)
    : path_(std::move(path)), quoted_(quoted), fd_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0 && errno != ENOENT) throw_output_error(path_.native(), errno);
}

Lines::~Lines() {
    if (fd_ >= 0) ::close(fd_);
}

std::optional<std::string_view> Lines::next() {
    in_quotes_ = false;
    scanned_ = begin_;
    auto end = find_end();
    while (!end && read_more()) end = find_end();
    if (!end) return std::nullopt;
    const auto line = std::string_view(buffer_).substr(begin_, *end - begin_);
    if (line.find('\0') != std::string_view::npos) return std::nullopt;
    begin_ = *end;
    ++number_;
    return line;
}

std::optional<std::size_t> Lines::find_end() {
    if (!quoted_) {
        const std::size_t newline = buffer_.find('\n', scanned_);
        scanned_ = buffer_.size();
        return newline == std::string::npos ? std::nullopt : std::optional(newline + 1);
    }
    for (; scanned_ < buffer_.size(); ++scanned_) {
        if (buffer_[scanned_] == '"') in_quotes_ = !in_quotes_;
        if (buffer_[scanned_] == '\n' && !in_quotes_) return scanned_ + 1;
    }
    return std::nullopt;
}

bool Lines::read_more() {
    if (fd_ < 0) return false;
    buffer_.erase(0, begin_);
    scanned_ -= std::exchange(begin_, 0);
    const std::size_t filled = buffer_.size();
    buffer_.resize(filled + block);
    ssize_t count = 0;
    do {
        count = ::read(fd_, buffer_.data() + filled, block);
    } while (count < 0 && errno == EINTR);
    if (count < 0) throw_output_error(path_.native(), errno);
    buffer_.resize(filled + static_cast<std::size_t>(count));
    return count > 0;
}

}  // namespace imnet
