#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

#include <sys/stat.h>

namespace imnet::test {

/// A folder for one test on another file system than TemporaryFolder's. The destructor removes it.
class OtherFileSystem {
public:
    explicit OtherFileSystem(std::filesystem::path path) : path_(std::move(path)) {}
    ~OtherFileSystem() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    OtherFileSystem(const OtherFileSystem&) = delete;
    OtherFileSystem& operator=(const OtherFileSystem&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A new folder in /dev/shm, or null if that is not a writable file system of its own.
inline std::unique_ptr<OtherFileSystem> other_file_system() {
    struct stat here {};
    struct stat there {};
    if (::stat(std::filesystem::temp_directory_path().c_str(), &here) != 0) return nullptr;
    if (::stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev) return nullptr;
    std::string pattern = "/dev/shm/imnet-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) return nullptr;
    return std::make_unique<OtherFileSystem>(pattern);
}

}  // namespace imnet::test
