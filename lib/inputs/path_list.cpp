#include "inputs/path_list.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"

namespace imnet {

PathList::PathList(std::string file, bool null)
    : file_(std::move(file)),
      null_(null),
      descriptor_(file_ == "-" ? STDIN_FILENO : ::open(file_.c_str(), O_RDONLY | O_CLOEXEC)),
      buffer_(1U << 16U) {
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
        throw UsageError("--files-from " + file_ + ": " + error_from_errno(errno).message);
    }
    if (S_ISDIR(status.st_mode)) {
        throw UsageError("--files-from " + file_ + ": it is a folder; give the folder itself as an input");
    }
}

PathList::~PathList() {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

std::optional<std::string> PathList::next() {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    while (auto path = next_piece()) {
        if (!null_) {
            if (at_start_ && path->starts_with(byte_order_mark)) path->erase(0, byte_order_mark.size());
            if (path->ends_with('\r')) path->pop_back();
        }
        at_start_ = false;
        if (!path->empty()) return path;
    }
    return std::nullopt;
}

// The bytes up to the next separator or to the end.
std::optional<std::string> PathList::next_piece() {
    std::string piece;
    bool any = false;
    while (taken_ < filled_ || fill()) {
        any = true;
        const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(taken_);
        const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(filled_);
        const auto separator = std::find(begin, end, null_ ? '\0' : '\n');
        const auto room = static_cast<std::ptrdiff_t>(longest - piece.size());
        piece.append(begin, begin + std::min(separator - begin, room));
        taken_ = static_cast<std::size_t>(separator - buffer_.begin());
        if (separator == end) continue;
        ++taken_;
        return piece;
    }
    if (!any) return std::nullopt;
    return piece;
}

bool PathList::fill() {
    ssize_t count = 0;
    do count = ::read(descriptor_, buffer_.data(), buffer_.size());
    while (count < 0 && errno == EINTR);
    if (count < 0) throw OutputError("--files-from " + file_ + ": " + error_from_errno(errno).message);
    taken_ = 0;
    filled_ = static_cast<std::size_t>(count);
    return count > 0;
}

}  // namespace imnet
