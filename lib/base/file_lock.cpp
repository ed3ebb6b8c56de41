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

// Gives 0 or an errno value.
int flock_again_after_signals(int fd, int operation) {
    while (::flock(fd, operation) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

// The last holder of the lock removed its file, and another process may have made a new one: only a lock
// on the file that has the name now keeps others out.
bool is_still_named(int fd, const std::filesystem::path& path) {
    struct stat locked {};
    struct stat named {};
    return ::fstat(fd, &locked) == 0 && ::stat(path.c_str(), &named) == 0 && locked.st_ino == named.st_ino &&
           locked.st_dev == named.st_dev;
}

// `waiting` throws where the caller does not want to wait.
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
        int error = try_to_lock_open_file(fd);
        if (error == EWOULDBLOCK) {
            if (!std::exchange(told, true)) tell_or_close(fd, waiting);
            error = lock_open_file(fd);
        }
        if (error == 0 && is_still_named(fd, path_)) {
            fd_ = fd;
            return;
        }
        ::close(fd);
        if (error != 0) fail(path_, error);
    }
}

FileLock::~FileLock() {
    ::unlink(path_.c_str());
    ::close(fd_);
}

int lock_open_file(int fd) { return flock_again_after_signals(fd, LOCK_EX); }

int try_to_lock_open_file(int fd) { return flock_again_after_signals(fd, LOCK_EX | LOCK_NB); }

}  // namespace imnet
