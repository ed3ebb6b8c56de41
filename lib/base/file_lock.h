#pragma once

#include <filesystem>
#include <functional>

namespace imnet {

/// Holds a lock between processes for as long as this object lives. The lock is flock's on a file of
/// its own, so it ends with the process that holds it, however that ends; the file is removed with
/// the lock.
class FileLock {
public:
    /// Waits for as long as another process holds the lock, and calls `waiting` before it does,
    /// which may throw instead. Throws OutputError where the file cannot be made or locked.
    FileLock(std::filesystem::path path, const std::function<void()>& waiting);
    ~FileLock();
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

private:
    std::filesystem::path path_;
    int fd_ = -1;
};

}  // namespace imnet
