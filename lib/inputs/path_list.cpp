#include "inputs/path_list.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"
#include "base/interruption.h"
#include "base/standard_streams.h"

namespace imnet {
namespace {

// By its byte order mark, or because every other byte of a path's first two characters is NUL.
bool is_utf16(std::string_view line) {
    if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF")) return true;
    if (line.size() < 4) return false;
    const auto nul = [&](std::size_t byte) { return line[byte] == '\0'; };
    return nul(0) == nul(2) && nul(1) == nul(3) && nul(0) != nul(1);
}

}  // namespace

PathList::PathList(std::string file, bool null)
    : file_(std::move(file)),
      null_(null),
      // O_NONBLOCK: to open a pipe must not wait for its writer, because a signal would not end that.
      descriptor_(file_ == "-" ? STDIN_FILENO : ::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)),
      buffer_(1U << 16U) {
    if (file_ == "-" && !standard_input_is_open()) {
        throw UsageError("--files-from -: standard input is closed");
    }
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        throw UsageError("--files-from " + file_ + ": " + error_from_errno(errno).message);
    }
    if (S_ISDIR(status.st_mode)) {
        throw UsageError("--files-from " + file_ + ": it is a folder; give the folder itself as an input");
    }
    may_wait_ = !S_ISREG(status.st_mode);
}

PathList::~PathList() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

std::optional<std::string> PathList::next(Wait wait) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    while (auto path = next_piece(wait)) {
        if (!null_) {
            if (at_start_ && is_utf16(*path)) refuse_utf16();
            if (at_start_ && path->starts_with(byte_order_mark)) path->erase(0, byte_order_mark.size());
            if (path->ends_with('\r')) path->pop_back();
        }
        at_start_ = false;
        if (!path->empty()) return path;
    }
    return std::nullopt;
}

void PathList::refuse_utf16() const {
    throw UsageError("--files-from " + file_ +
                     ": the list is in UTF-16: save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8");
}

// The bytes up to the next separator or to the end.
std::optional<std::string> PathList::next_piece(Wait wait) {
    while (taken_ < filled_ || fill(wait)) {
        const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(taken_);
        const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(filled_);
        const auto separator = std::find(begin, end, null_ ? '\0' : '\n');
        const auto room = static_cast<std::ptrdiff_t>(longest - piece_.size());
        piece_.append(begin, begin + std::min(separator - begin, room));
        taken_ = static_cast<std::size_t>(separator - buffer_.begin());
        if (separator == end) continue;
        ++taken_;
        return std::exchange(piece_, {});
    }
    if (!ended_ || piece_.empty()) return std::nullopt;
    return std::exchange(piece_, {});
}

bool PathList::fill(Wait wait) {
    ssize_t count = -1;
    while (count < 0) {
        if (ended_ || (may_wait_ && !is_ready(wait))) return false;
        count = ::read(descriptor_, buffer_.data(), buffer_.size());
        if (count >= 0 || errno == EINTR || errno == EAGAIN) continue;
        throw OutputError("--files-from " + file_ + ": " + error_from_errno(errno).message);
    }
    taken_ = 0;
    filled_ = static_cast<std::size_t>(count);
    ended_ = count == 0;
    return !ended_;
}

// Whether bytes or the end have come. A pipe may stay silent for ever, so a signal ends the wait.
bool PathList::is_ready(Wait wait) const {
    pollfd waited[2] = {{descriptor_, POLLIN, 0}, {interruption_fd(), POLLIN, 0}};
    while (::poll(waited, 2, wait == Wait::yes ? -1 : 0) < 0 && errno == EINTR) continue;
    if (waited[0].revents != 0) return true;
    if (const int signal = interrupted(); signal != 0 && wait == Wait::yes) throw Interrupted{signal};
    return wait == Wait::yes;
}

}  // namespace imnet
