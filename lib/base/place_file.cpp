#include "base/place_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/write_all.h"

namespace imnet {
namespace {

// Set-user-ID and similar bits are not copied.
int take_after(int fd, const struct stat& like) {
    if (::fchmod(fd, like.st_mode & 0777) != 0) return errno;
    const std::array times{like.st_atim, like.st_mtim};
    return ::futimens(fd, times.data()) == 0 ? 0 : errno;
}

}  // namespace

int rename_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    // Network file systems may lack this kind of rename.
    if (::link(from.c_str(), to.c_str()) != 0) return errno;
    return ::unlink(from.c_str()) == 0 ? 0 : errno;
}

int link_without_replacing(const std::filesystem::path& from, const std::filesystem::path& to) {
    return ::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

int write_new_file(const std::filesystem::path& path, std::span<const std::byte> bytes,
                   const struct stat* like) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) return errno;
    int error = write_all(fd, as_text(bytes)).error;
    if (error == 0 && like != nullptr) error = take_after(fd, *like);
    if (error == 0 && ::fsync(fd) != 0) error = errno;
    if (::close(fd) != 0 && error == 0) error = errno;
    if (error != 0) ::unlink(path.c_str());
    return error;
}

int sync_folder(const std::filesystem::path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    const int error =
        ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno;  // EINVAL: the file system cannot do it
    ::close(fd);
    return error;
}

}  // namespace imnet
