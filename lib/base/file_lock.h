#pragma once

#include <filesystem>
#include <functional>

namespace imnet {

/// Holds a lock against other processes for as long as this object lives. It is a flock on a file made
/// for it, so the system releases it even where the process is killed. The file is removed with the
/// lock.
class FileLock {
public:
    /// Waits while another process holds the lock. Calls `waiting` before it waits; that may throw, to
    /// give up instead. Throws OutputError where the file cannot be made or locked.
    FileLock(std::filesystem::path path, const std::function<void()>& waiting);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    std::filesystem::path path_;
    int fd_ = -1;
};

/// Locks an open file against other processes until it is closed, by flock, and waits while another
/// process holds the lock. Gives 0, or an errno value where the file system has no locks.
int lock_open_file(int fd);

/// The same without waiting: EWOULDBLOCK where another process holds the lock.
int try_to_lock_open_file(int fd);

}  // namespace imnet
