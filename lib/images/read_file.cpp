#include "images/read_file.h"

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interruption.h"

namespace imnet {
namespace {

struct Descriptor {
    int fd;
    bool owned;
    ~Descriptor() {
        if (owned && fd >= 0) ::close(fd);
    }
};

std::string_view kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a named pipe";
    if (S_ISSOCK(mode)) return "a socket";
    return "a device";
}

// A pipe may stay silent for ever; who interrupts the run does not want to wait for it.
void wait_for_bytes(int fd) {
    pollfd waited[2] = {{fd, POLLIN, 0}, {interruption_fd(), POLLIN, 0}};
    while (::poll(waited, 2, -1) < 0 && errno == EINTR) continue;
    if (const int signal = interrupted()) throw Interrupted{signal};
}

Expected<std::vector<std::byte>> read_all(int fd, std::size_t expected_size, bool may_block) {
    constexpr std::size_t chunk = 1U << 16U;
    std::vector<std::byte> bytes;
    bytes.reserve(expected_size + 1);  // one more, so that the end is seen without growing
    while (true) {
        const std::size_t filled = bytes.size();
        bytes.resize(std::max(bytes.capacity(), filled + chunk));
        if (may_block) wait_for_bytes(fd);
        const ssize_t count = ::read(fd, bytes.data() + filled, bytes.size() - filled);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
            if (errno == EAGAIN) wait_for_bytes(fd);  // a pipe that somebody has open for writing
            bytes.resize(filled);
            continue;
        }
        if (count < 0) return tl::unexpected(error_from_errno(errno));
        bytes.resize(filled + static_cast<std::size_t>(count));
        if (count == 0) return bytes;
        if (bytes.size() > max_file_bytes) return input_error(InputErrorKind::limits, "larger than 1 GiB");
    }
}

}  // namespace

Expected<std::vector<std::byte>> read_file(const Input& input) {
    if (input.error) return tl::unexpected(*input.error);
    const bool standard_input = input.path == "-" && input.named;
    // O_NONBLOCK: a named pipe without a writer must not stop the run.
    const Descriptor file{
        standard_input ? STDIN_FILENO : ::open(input.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK),
        !standard_input};
    if (file.fd < 0) return tl::unexpected(error_from_errno(errno));
    struct stat status {};
    if (::fstat(file.fd, &status) != 0) return tl::unexpected(error_from_errno(errno));
    const bool regular = S_ISREG(status.st_mode);
    const bool stream = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || S_ISCHR(status.st_mode);
    if (!regular && !(stream && input.named)) {
        return input_error(InputErrorKind::io, "not a file but " + std::string(kind_of(status.st_mode)));
    }
    const auto size = regular ? static_cast<std::size_t>(status.st_size) : 0;
    if (size > max_file_bytes) return input_error(InputErrorKind::limits, "larger than 1 GiB");
    return read_all(file.fd, size, standard_input && !regular);
}

}  // namespace imnet
