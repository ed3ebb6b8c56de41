#include "base/file_lock.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.h"

namespace imnet {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
    throw OutputError(
        fmt::format("{}: cannot lock: {}", path.native(), std::generic_category().message(error)));
}

int flock_patiently(int fd, int operation) {
    int result = 0;
    do {
        result = ::flock(fd, operation);
    } while (result != 0 && errno == EINTR);
    return result;
}

// Who held the lock before has removed its file, and somebody may have made a new one: only the file
// that stands under the name now locks anything.
bool is_still_named(int fd, const std::filesystem::path& path) {
    struct stat locked {};
    struct stat named {};
    return ::fstat(fd, &locked) == 0 && ::stat(path.c_str(), &named) == 0 && locked.st_ino == named.st_ino &&
           locked.st_dev == named.st_dev;
}

// Whoever does not want to wait throws.
void tell_or_close(int fd, const std::function<void()>& waiting) try { waiting(); } catch (...) {
    ::close(fd);
    throw;
}

}  // namespace

FileLock::FileLock(std::filesystem::path path, const std::function<void()>& waiting)
    : path_(std::move(path)) {
    bool told = false;
    for (;;) {
        const int fd = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0) fail(path_, errno);
        int result = flock_patiently(fd, LOCK_EX | LOCK_NB);
        if (result != 0 && errno == EWOULDBLOCK) {
            if (!std::exchange(told, true)) tell_or_close(fd, waiting);
            result = flock_patiently(fd, LOCK_EX);
        }
        const int error = errno;
        if (result == 0 && is_still_named(fd, path_)) {
            fd_ = fd;
            return;
        }
        ::close(fd);
        if (result != 0) fail(path_, error);
    }
}

FileLock::~FileLock() {
    ::unlink(path_.c_str());
    ::close(fd_);
}

}  // namespace imnet
